#include "tools/collector/serve/peer.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <mbedtls/x509_crt.h>

#include "tools/collector/serve/conn.h"

#define REPORT_EVERY_MS 1000

static void plain(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
            *text = '?';
    }
}

static int on_verify(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
    struct nrs_col_peer *p = arg;

    p->flags |= *flags;
    if (depth != 0)
        return 0;
    if (mbedtls_x509_dn_gets(p->subject, sizeof p->subject, &crt->subject) <= 0)
        (void)snprintf(p->subject, sizeof p->subject, "a name that is too long");
    if (mbedtls_x509_serial_gets(p->serial, sizeof p->serial, &crt->serial) <= 0)
        (void)snprintf(p->serial, sizeof p->serial, "too long");
    plain(p->subject);
    return 0;
}

void nrs_col_peer_watch(mbedtls_ssl_context *ssl, struct nrs_col_peer *peer)
{
    mbedtls_ssl_set_verify(ssl, on_verify, peer);
}

/* The first reason that a person can act on; NULL if the certificate was good. */
static const char *fault_of(uint32_t flags)
{
    static const struct {
        uint32_t flag;
        const char *words;
    } faults[] = {
        {MBEDTLS_X509_BADCERT_EXPIRED, "the certificate has expired"},
        {MBEDTLS_X509_BADCERT_FUTURE, "the certificate is not valid yet"},
        {MBEDTLS_X509_BADCERT_NOT_TRUSTED, "the certificate is not signed by ca.pem"},
        {MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE,
         "the certificate is not for this use"},
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (flags & faults[i].flag)
            return faults[i].words;
    }
    return flags != 0 ? "the certificate is not accepted" : NULL;
}

static void address_of(const struct sockaddr_storage *a, char *out, size_t cap)
{
    char host[INET6_ADDRSTRLEN] = "?";
    bool v6 = a->ss_family == AF_INET6;

    (void)uv_ip_name((const struct sockaddr *)a, host, sizeof host);
    (void)snprintf(out, cap, v6 ? "[%s]:%u" : "%s:%u", host,
                   (unsigned)ntohs(v6 ? ((const struct sockaddr_in6 *)a)->sin6_port
                                      : ((const struct sockaddr_in *)a)->sin_port));
}

void nrs_col_peer_refused(struct nrs_col_conn *c, const char *why)
{
    struct nrs_col_server *s = c->server;
    const struct nrs_col_peer *p = &c->peer;
    uint64_t now = uv_now(&s->loop);
    char address[80], left_out[64] = "";

    s->metrics.handshakes_failed++;
    if (s->reported_ms != 0 && now - s->reported_ms < REPORT_EVERY_MS) {
        s->unreported++;
        return;
    }
    if (s->unreported > 0)
        (void)snprintf(left_out, sizeof left_out, " (%" PRIu64 " more since the last line)", s->unreported);
    s->reported_ms = now;
    s->unreported = 0;
    address_of(&c->from, address, sizeof address);
    (void)fprintf(stderr, "noroshi-collector: %s: %s was refused: %s; %s%s%s%s%s\n", c->service->name,
                  address, fault_of(p->flags) != NULL ? fault_of(p->flags) : why,
                  p->subject[0] != '\0' ? "certificate " : "no certificate", p->subject,
                  p->subject[0] != '\0' ? ", serial " : "", p->serial, left_out);
}
