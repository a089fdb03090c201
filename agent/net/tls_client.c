#include "agent/net/tls_client.h"

#include <mbedtls/oid.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#include "agent/net/tls_random.h"
#include "models/base/error.h"
#include "platform/files.h"
#include "platform/random.h"

static unsigned char pem[NRS_PEM_MAX + 1]; /* scratch of load, wiped after use */

static int forgive_dates(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
    const struct nrs_tls_client *c = arg;

    (void)crt;
    (void)depth;
    if (c->dates_ignored)
        *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    return 0;
}

/* Reads a PEM file into the scratch buffer. Returns its length with the NUL. */
static int read_pem(const char *what, const char *path, struct nrs_why *why)
{
    int len = nrs_path_load(path, pem, sizeof pem);

    if (len < 0)
        return nrs_why(why, NRS_ERR_IO, "collector.%s: %s: %s", what, path, strerror(-len));
    return len + 1;
}

static int read_certificates(mbedtls_x509_crt *crt, const char *what, const char *path, struct nrs_why *why)
{
    int len = read_pem(what, path, why);

    if (len < 0)
        return len;
    if (mbedtls_x509_crt_parse(crt, pem, (size_t)len) != 0)
        return nrs_why(why, NRS_ERR_FORMAT, "collector.%s: %s: not a PEM certificate", what, path);
    return 0;
}

static int read_key(mbedtls_pk_context *key, const char *path, struct nrs_why *why)
{
    int len = read_pem("key", path, why);
    int rc = 0;

    if (len > 0)
        rc = mbedtls_pk_parse_key(key, pem, (size_t)len, NULL, 0, nrs_random, NULL);
    mbedtls_platform_zeroize(pem, sizeof pem);
    if (len < 0)
        return len;
    if (rc != 0)
        return nrs_why(why, NRS_ERR_FORMAT, "collector.key: %s: not an unencrypted PEM private key", path);
    return 0;
}

static int read_identity(struct nrs_tls_client *c, const char *cert, const char *key, struct nrs_why *why)
{
    int rc = read_certificates(&c->own, "cert", cert, why);

    if (rc == 0)
        rc = read_key(&c->key, key, why);
    if (rc != 0)
        return rc;
    if (mbedtls_pk_check_pair(&c->own.pk, &c->key, nrs_random, NULL) != 0)
        return nrs_why(why, NRS_ERR_FORMAT, "collector.key: %s: does not belong to the certificate %s", key,
                       cert);
    return mbedtls_ssl_conf_own_cert(&c->conf, &c->own, &c->key) == 0 ? 0 : NRS_ERR_SPACE;
}

static int configure(struct nrs_tls_client *c)
{
    if (nrs_tls_random_open() != 0)
        return NRS_ERR_UNSUPPORTED;
    if (mbedtls_ssl_config_defaults(&c->conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        return NRS_ERR_SPACE;
    mbedtls_ssl_conf_authmode(&c->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&c->conf, &c->ca, NULL);
    mbedtls_ssl_conf_verify(&c->conf, forgive_dates, c);
    mbedtls_ssl_conf_rng(&c->conf, nrs_random, NULL);
    return 0;
}

int nrs_tls_client_load(struct nrs_tls_client *c, const char *ca, const char *cert, const char *key,
                        struct nrs_why *why)
{
    int rc;

    mbedtls_ssl_config_init(&c->conf);
    mbedtls_x509_crt_init(&c->ca);
    mbedtls_x509_crt_init(&c->own);
    mbedtls_pk_init(&c->key);
    c->dates_ignored = false;
    nrs_why(why, 0, "TLS: no memory or no random numbers");
    rc = configure(c);
    if (rc == 0)
        rc = read_certificates(&c->ca, "ca", ca, why);
    if (rc == 0 && cert[0] != '\0')
        rc = read_identity(c, cert, key, why);
    if (rc != 0)
        nrs_tls_client_done(c);
    return rc;
}

void nrs_tls_client_done(struct nrs_tls_client *c)
{
    mbedtls_ssl_config_free(&c->conf);
    mbedtls_x509_crt_free(&c->ca);
    mbedtls_x509_crt_free(&c->own);
    mbedtls_pk_free(&c->key);
}

int nrs_tls_cn(const mbedtls_x509_crt *crt, char *name, size_t cap)
{
    const mbedtls_x509_name *n;

    for (n = &crt->subject; n != NULL; n = n->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &n->oid) != 0)
            continue;
        if (n->val.len == 0 || n->val.len >= cap)
            return NRS_ERR_FORMAT;
        memcpy(name, n->val.p, n->val.len);
        name[n->val.len] = '\0';
        return (int)n->val.len;
    }
    return NRS_ERR_FORMAT;
}
