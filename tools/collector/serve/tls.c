#include "tools/collector/serve/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>

#include "platform/random.h"
#include "tools/collector/files.h"
#include "tools/collector/serve/tls_memory.h"

#define PEM_MAX 65536

static int complain(const char *file, int error)
{
    char text[128];

    mbedtls_strerror(error, text, sizeof text);
    return nrs_col_complain(file, text);
}

static int load_cert(mbedtls_x509_crt *crt, const char *dir, const char *file)
{
    size_t n;
    char *pem = nrs_col_file_read(dir, file, PEM_MAX, &n);
    int rc;

    if (pem == NULL)
        return nrs_col_complain(file, strerror(errno));
    rc = mbedtls_x509_crt_parse(crt, (unsigned char *)pem, n + 1);
    free(pem);
    return rc != 0 ? complain(file, rc) : 0;
}

static int load_key(mbedtls_pk_context *key, const char *dir, const char *file)
{
    size_t n;
    char *pem = nrs_col_file_read(dir, file, PEM_MAX, &n);
    int rc;

    if (pem == NULL)
        return nrs_col_complain(file, strerror(errno));
    rc = mbedtls_pk_parse_key(key, (unsigned char *)pem, n + 1, NULL, 0, nrs_random, NULL);
    mbedtls_platform_zeroize(pem, n);
    free(pem);
    return rc != 0 ? complain(file, rc) : 0;
}

static mbedtls_ssl_protocol_version version_of(unsigned setting)
{
    return setting == 13 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2;
}

int nrs_col_tls_load(struct nrs_col_tls *t, const char *dir, const struct nrs_col_config *c)
{
    int rc;

    mbedtls_ssl_config_init(&t->conf);
    mbedtls_x509_crt_init(&t->authority);
    mbedtls_x509_crt_init(&t->cert);
    mbedtls_pk_init(&t->key);
    nrs_col_tls_memory_setup();
    if (psa_crypto_init() != PSA_SUCCESS)
        return nrs_col_complain("TLS", "cryptography does not start");
    rc = load_cert(&t->authority, dir, "ca.pem");
    if (rc == 0)
        rc = load_cert(&t->cert, dir, "server.pem");
    if (rc == 0)
        rc = load_key(&t->key, dir, "server-key.pem");
    if (rc == 0 && mbedtls_pk_check_pair(&t->cert.pk, &t->key, nrs_random, NULL) != 0)
        rc = nrs_col_complain("server-key.pem", "does not belong to server.pem");
    if (rc != 0)
        return rc;
    rc = mbedtls_ssl_config_defaults(&t->conf, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT);
    if (rc == 0)
        rc = mbedtls_ssl_conf_own_cert(&t->conf, &t->cert, &t->key);
    if (rc != 0)
        return complain("server.pem", rc);
    mbedtls_ssl_conf_rng(&t->conf, nrs_random, NULL);
    mbedtls_ssl_conf_min_tls_version(&t->conf, version_of(c->tls_min));
    mbedtls_ssl_conf_max_tls_version(&t->conf, version_of(c->tls_max));
    mbedtls_ssl_conf_authmode(&t->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&t->conf, &t->authority, NULL);
    return 0;
}

void nrs_col_tls_free(struct nrs_col_tls *t)
{
    mbedtls_ssl_config_free(&t->conf);
    mbedtls_x509_crt_free(&t->authority);
    mbedtls_x509_crt_free(&t->cert);
    mbedtls_pk_free(&t->key);
}

/* mbedTLS takes a certificate that says nothing about its use for one that may be used for everything. */
static const char *use_fault(const mbedtls_x509_crt *crt)
{
    if (!mbedtls_x509_crt_has_ext_type(crt, MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE) ||
        mbedtls_x509_crt_check_extended_key_usage(crt, MBEDTLS_OID_CLIENT_AUTH,
                                                  MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)) != 0)
        return "the certificate is not for clients";
    return mbedtls_x509_crt_get_ca_istrue(crt) > 0 ? "the certificate is an authority's" : NULL;
}

const char *nrs_col_tls_device(const mbedtls_ssl_context *ssl, char name[NRS_COL_NAME_MAX + 1])
{
    static const char why[] = "the certificate's name is not a device's";
    const mbedtls_x509_crt *crt = mbedtls_ssl_get_peer_cert(ssl);
    const mbedtls_asn1_named_data *part = crt != NULL ? &crt->subject : NULL;
    const char *fault = crt != NULL ? use_fault(crt) : "there is no certificate";

    if (fault != NULL)
        return fault;
    for (; part != NULL; part = part->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) != 0 || part->val.len > NRS_COL_NAME_MAX)
            continue;
        memcpy(name, part->val.p, part->val.len);
        name[part->val.len] = '\0';
        /* A NUL inside would make a shorter name of it. */
        return strlen(name) == part->val.len && nrs_col_name_check(name) == 0 ? NULL : why;
    }
    return why;
}
