/* tests/certs.h - a CA and certificates made on the spot, so that no test carries keys or expires
 *
 * P-256, valid from 2020 to 2099. */
#ifndef NRS_TEST_CERTS_H
#define NRS_TEST_CERTS_H
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "platform/random.h"

#define CERTS_PEM_MAX 2048

struct cert {
    mbedtls_pk_context key;
    char name[64];
    char crt_pem[CERTS_PEM_MAX], key_pem[CERTS_PEM_MAX];
};

/* Makes a key and a certificate for `name`, signed by issuer, or by itself if issuer is NULL (a CA). from, to: "YYYYMMDDhhmmss".
 * 0 = done. */
static inline int cert_make_dated(struct cert *c, const char *name, struct cert *issuer, const char *from, const char *to)
{
    mbedtls_x509_san_list dns = {.node = {.type = MBEDTLS_X509_SAN_DNS_NAME}};
    unsigned char serial[4];
    mbedtls_x509write_cert w;
    int rc;

    snprintf(c->name, sizeof c->name, "CN=%s", name);
    dns.node.san.unstructured_name.p = (unsigned char *)c->name + 3;
    dns.node.san.unstructured_name.len = strlen(name);
    psa_crypto_init();
    mbedtls_pk_init(&c->key);
    mbedtls_x509write_crt_init(&w);
    rc = mbedtls_pk_setup(&c->key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (rc == 0)
        rc = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(c->key), nrs_random, NULL);
    nrs_random(NULL, serial, sizeof serial);
    serial[0] = 1;
    mbedtls_x509write_crt_set_version(&w, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&w, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&w, &c->key);
    mbedtls_x509write_crt_set_issuer_key(&w, issuer ? &issuer->key : &c->key);
    mbedtls_x509write_crt_set_subject_name(&w, c->name);
    mbedtls_x509write_crt_set_issuer_name(&w, issuer ? issuer->name : c->name);
    mbedtls_x509write_crt_set_serial_raw(&w, serial, sizeof serial);
    mbedtls_x509write_crt_set_validity(&w, from, to);
    mbedtls_x509write_crt_set_basic_constraints(&w, issuer == NULL, -1);
    mbedtls_x509write_crt_set_subject_alternative_name(&w, &dns);
    if (rc == 0)
        rc = mbedtls_x509write_crt_pem(&w, (unsigned char *)c->crt_pem, sizeof c->crt_pem, nrs_random, NULL);
    if (rc == 0)
        rc = mbedtls_pk_write_key_pem(&c->key, (unsigned char *)c->key_pem, sizeof c->key_pem);
    mbedtls_x509write_crt_free(&w);
    return rc;
}

static inline int cert_make(struct cert *c, const char *name, struct cert *issuer)
{
    return cert_make_dated(c, name, issuer, "20200101000000", "20991231235959");
}

static inline void cert_done(struct cert *c)
{
    mbedtls_pk_free(&c->key);
}

static inline int cert_save(const char *path, const char *pem)
{
    FILE *f = fopen(path, "w");
    int rc = f == NULL || fputs(pem, f) < 0 ? -1 : 0;

    if (f != NULL)
        fclose(f);
    return rc;
}

#endif
