/* agent/net/tls_pump.h - one TLS connection as bytes in and bytes out, without a socket
 *
 * The same pump serves the device (client) and the collector (server); the role is in the
 * mbedtls_ssl_config. The owner of the socket feeds what arrived and sends what comes out.
 *
 * Memory: struct nrs_tls_pump is the caller's; the mbedTLS context inside allocates through mbedTLS. `in`
 *         points at the caller's received bytes only during nrs_tls_pump_feed; bytes out go to `send` at
 *         once, which must take or copy all of them.
 * Calls:  the three callbacks run inside start, feed and write; they may write or close, but not feed or
 *         done.
 * Errors: 0 or more, or a negative mbedTLS error; after an error only nrs_tls_pump_done may follow. */
#ifndef NRS_TLS_PUMP_H
#define NRS_TLS_PUMP_H
#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stddef.h>

struct nrs_tls_pump_ops {
    /* Ciphertext for the peer; takes or copies all of it. 0 or negative. */
    int (*send)(void *arg, const unsigned char *bytes, size_t len);
    void (*ready)(void *arg); /* the handshake is complete */
    /* Decrypted bytes. */
    void (*plain)(void *arg, const unsigned char *bytes, size_t len);
    void *arg;
};

struct nrs_tls_pump {
    mbedtls_ssl_context ssl;
    struct nrs_tls_pump_ops ops;
    const unsigned char *in;
    size_t in_len;
    bool handshaken, closed_by_peer;
};

/* hostname: the name (or address) to verify and to send as SNI; NULL on a server. psa_crypto_init() has been
 * called once. On an error call nrs_tls_pump_done all the same. */
int nrs_tls_pump_init(struct nrs_tls_pump *p, const mbedtls_ssl_config *conf, const char *hostname,
                      const struct nrs_tls_pump_ops *ops);
int nrs_tls_pump_start(struct nrs_tls_pump *p); /* client: sends its hello */
int nrs_tls_pump_feed(struct nrs_tls_pump *p, const unsigned char *bytes, size_t len);
int nrs_tls_pump_write(struct nrs_tls_pump *p, const unsigned char *bytes,
                       size_t len); /* after ready; all of it */
int nrs_tls_pump_close(struct nrs_tls_pump *p);                                      /* sends close_notify */
void nrs_tls_pump_done(struct nrs_tls_pump *p);

#endif
