#include "agent/net/tls_pump.h"

#include <string.h>

#define PLAIN_CHUNK 2048 /* decrypted bytes handed over at once; on the stack of nrs_tls_pump_feed */

static int bio_send(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_tls_pump *p = arg;
    int rc = p->ops.send(p->ops.arg, bytes, len);

    return rc < 0 ? rc : (int)len;
}

static int bio_recv(void *arg, unsigned char *buf, size_t len)
{
    struct nrs_tls_pump *p = arg;
    size_t n = len < p->in_len ? len : p->in_len;

    if (n == 0)
        return MBEDTLS_ERR_SSL_WANT_READ;
    memcpy(buf, p->in, n);
    p->in += n;
    p->in_len -= n;
    return (int)n;
}

int nrs_tls_pump_init(struct nrs_tls_pump *p, const mbedtls_ssl_config *conf, const char *hostname,
                      const struct nrs_tls_pump_ops *ops)
{
    int rc;

    memset(p, 0, sizeof *p);
    p->ops = *ops;
    mbedtls_ssl_init(&p->ssl);
    rc = mbedtls_ssl_setup(&p->ssl, conf);
    if (rc == 0)
        rc = mbedtls_ssl_set_hostname(&p->ssl, hostname);
    if (rc == 0)
        mbedtls_ssl_set_bio(&p->ssl, p, bio_send, bio_recv, NULL);
    return rc;
}

/* Goes on with the handshake as far as the bytes at hand allow. */
static int shake(struct nrs_tls_pump *p)
{
    int rc = mbedtls_ssl_handshake(&p->ssl);

    if (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE)
        return 0;
    if (rc != 0)
        return rc;
    p->handshaken = true;
    if (p->ops.ready != NULL)
        p->ops.ready(p->ops.arg);
    return 0;
}

int nrs_tls_pump_start(struct nrs_tls_pump *p)
{
    return shake(p);
}

/* Decrypts one chunk. Returns 1 if there may be more, 0 if the input is used up, or an error. */
static int read_some(struct nrs_tls_pump *p)
{
    unsigned char buf[PLAIN_CHUNK];
    int rc = mbedtls_ssl_read(&p->ssl, buf, sizeof buf);

    if (rc > 0) {
        p->ops.plain(p->ops.arg, buf, (size_t)rc);
        return 1;
    }
    switch (rc) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE: return p->in_len > 0;
    case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET: return 1;
    case 0:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: p->closed_by_peer = true; return 0;
    default: return rc;
    }
}

int nrs_tls_pump_feed(struct nrs_tls_pump *p, const unsigned char *bytes, size_t len)
{
    int rc = 0;

    p->in = bytes;
    p->in_len = len;
    if (!p->handshaken)
        rc = shake(p);
    if (rc == 0 && p->handshaken && !p->closed_by_peer) {
        do
            rc = read_some(p);
        while (rc > 0 && !p->closed_by_peer);
    }
    p->in = NULL;
    p->in_len = 0;
    return rc;
}

int nrs_tls_pump_write(struct nrs_tls_pump *p, const unsigned char *bytes, size_t len)
{
    while (len > 0) {
        int n = mbedtls_ssl_write(&p->ssl, bytes, len);

        if (n == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
            continue;
        if (n <= 0)
            return n < 0 ? n : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int nrs_tls_pump_close(struct nrs_tls_pump *p)
{
    return mbedtls_ssl_close_notify(&p->ssl);
}

void nrs_tls_pump_done(struct nrs_tls_pump *p)
{
    mbedtls_ssl_free(&p->ssl);
}
