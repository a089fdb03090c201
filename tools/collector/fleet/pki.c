#include "tools/collector/fleet/pki.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/x509_crt.h>

#include "platform/random.h"

#define DAY_S 86400
#define KEY_ID 20 /* bytes */
#define AUTHORITY_NAME "O=noroshi,CN=noroshi collector authority"
#define SERVER_NAME "O=noroshi,CN=noroshi collector"

struct wish {
    const char *subject;
    const char *usage; /* OID of the one extended key usage, NULL = an authority */
    size_t usage_len;
    mbedtls_x509_san_list *names;
    time_t now;
};

static int make_key(mbedtls_pk_context *key)
{
    int rc = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

    if (rc == 0)
        rc = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), nrs_random, NULL);
    return rc;
}

static int set_times(mbedtls_x509write_cert *crt, time_t now)
{
    char from[16], to[16];
    time_t begin = now - DAY_S, end = now + (time_t)NRS_COL_YEARS * 365 * DAY_S;
    struct tm tm;

    (void)strftime(from, sizeof from, "%Y%m%d%H%M%S", gmtime_r(&begin, &tm));
    (void)strftime(to, sizeof to, "%Y%m%d%H%M%S", gmtime_r(&end, &tm));
    return mbedtls_x509write_crt_set_validity(crt, from, to);
}

static int set_serial(mbedtls_x509write_cert *crt)
{
    unsigned char serial[16];
    int rc = nrs_random(NULL, serial, sizeof serial);

    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive, and never a leading zero */
    return rc != 0 ? rc : mbedtls_x509write_crt_set_serial_raw(crt, serial, sizeof serial);
}

/* What the certificate may be used for. */
static int set_usage(mbedtls_x509write_cert *crt, const struct wish *w)
{
    mbedtls_asn1_sequence usage = {0};
    int rc;

    if (w->usage == NULL) {
        rc = mbedtls_x509write_crt_set_basic_constraints(crt, 1, 0);
        return rc != 0 ? rc : mbedtls_x509write_crt_set_key_usage(crt, MBEDTLS_X509_KU_KEY_CERT_SIGN);
    }
    usage.buf.tag = MBEDTLS_ASN1_OID;
    usage.buf.p = (unsigned char *)(uintptr_t)w->usage;
    usage.buf.len = w->usage_len;
    rc = mbedtls_x509write_crt_set_basic_constraints(crt, 0, -1);
    if (rc == 0)
        rc = mbedtls_x509write_crt_set_key_usage(crt, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    if (rc == 0)
        rc = mbedtls_x509write_crt_set_ext_key_usage(crt, &usage);
    if (rc == 0 && w->names != NULL)
        rc = mbedtls_x509write_crt_set_subject_alternative_name(crt, w->names);
    return rc;
}

/* RFC 7093, method 1: the leftmost 160 bits of SHA-256 over the public key. */
static int key_id(unsigned char id[KEY_ID], const mbedtls_pk_context *key)
{
    unsigned char point[128], digest[32], *p = point + sizeof point;
    int n = mbedtls_pk_write_pubkey(&p, point, key);

    if (n < 0)
        return n;
    n = mbedtls_sha256(p, (size_t)n, digest, 0);
    memcpy(id, digest, KEY_ID);
    return n;
}

/* Subject and authority key identifiers (RFC 5280, 4.2.1.1 and 4.2.1.2), which strict verifiers ask for.
 * mbedTLS writes them with SHA-1 only, which this build does not have. */
static int set_key_ids(mbedtls_x509write_cert *crt, const mbedtls_pk_context *key,
                       const mbedtls_pk_context *issuer)
{
    unsigned char subject[2 + KEY_ID] = {MBEDTLS_ASN1_OCTET_STRING, KEY_ID};
    unsigned char authority[4 + KEY_ID] = {MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE, 2 + KEY_ID,
                                           MBEDTLS_ASN1_CONTEXT_SPECIFIC, KEY_ID};
    int rc = key_id(subject + 2, key);

    if (rc == 0)
        rc = key_id(authority + 4, issuer);
    if (rc == 0)
        rc = mbedtls_x509write_crt_set_extension(crt, MBEDTLS_OID_SUBJECT_KEY_IDENTIFIER,
                                                 MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_KEY_IDENTIFIER), 0,
                                                 subject, sizeof subject);
    if (rc == 0)
        rc = mbedtls_x509write_crt_set_extension(crt, MBEDTLS_OID_AUTHORITY_KEY_IDENTIFIER,
                                                 MBEDTLS_OID_SIZE(MBEDTLS_OID_AUTHORITY_KEY_IDENTIFIER), 0,
                                                 authority, sizeof authority);
    return rc;
}

/* Signs a certificate for `key` with `issuer_key`, which is `key` itself for an authority. */
static int write_cert(struct nrs_col_identity *out, const struct wish *w, mbedtls_pk_context *key,
                      mbedtls_pk_context *issuer_key)
{
    mbedtls_x509write_cert crt;
    int rc;

    mbedtls_x509write_crt_init(&crt);
    mbedtls_x509write_crt_set_version(&crt, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&crt, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&crt, key);
    mbedtls_x509write_crt_set_issuer_key(&crt, issuer_key);
    rc = mbedtls_x509write_crt_set_subject_name(&crt, w->subject);
    if (rc == 0)
        rc = mbedtls_x509write_crt_set_issuer_name(&crt, AUTHORITY_NAME);
    if (rc == 0)
        rc = set_times(&crt, w->now);
    if (rc == 0)
        rc = set_serial(&crt);
    if (rc == 0)
        rc = set_usage(&crt, w);
    if (rc == 0)
        rc = set_key_ids(&crt, key, issuer_key);
    if (rc == 0)
        rc = mbedtls_x509write_crt_pem(&crt, (unsigned char *)out->cert, sizeof out->cert, nrs_random, NULL);
    mbedtls_x509write_crt_free(&crt);
    return rc;
}

/* authority NULL: signs itself. */
static int issue(struct nrs_col_identity *out, const struct nrs_col_identity *authority, const struct wish *w)
{
    mbedtls_pk_context key, issuer;
    int rc;

    memset(out, 0, sizeof *out);
    mbedtls_pk_init(&key);
    mbedtls_pk_init(&issuer);
    rc = make_key(&key);
    if (rc == 0 && authority != NULL)
        rc = mbedtls_pk_parse_key(&issuer, (const unsigned char *)authority->key, strlen(authority->key) + 1,
                                  NULL, 0, nrs_random, NULL);
    if (rc == 0)
        rc = write_cert(out, w, &key, authority != NULL ? &issuer : &key);
    if (rc == 0)
        rc = mbedtls_pk_write_key_pem(&key, (unsigned char *)out->key, sizeof out->key);
    mbedtls_pk_free(&issuer);
    mbedtls_pk_free(&key);
    if (rc != 0)
        nrs_col_identity_wipe(out);
    return rc;
}

int nrs_col_pki_authority(struct nrs_col_identity *out, time_t now)
{
    struct wish w = {.subject = AUTHORITY_NAME, .now = now};

    return issue(out, NULL, &w);
}

int nrs_col_pki_server(struct nrs_col_identity *out, const struct nrs_col_identity *authority,
                       const char *const *names, size_t n, time_t now)
{
    mbedtls_x509_san_list list[NRS_COL_SANS];
    unsigned char addresses[NRS_COL_SANS][16];
    struct wish w = {.subject = SERVER_NAME,
                     .usage = MBEDTLS_OID_SERVER_AUTH,
                     .usage_len = MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH),
                     .names = n > 0 ? list : NULL,
                     .now = now};

    if (n > NRS_COL_SANS)
        return MBEDTLS_ERR_X509_BAD_INPUT_DATA;
    memset(list, 0, sizeof list);
    for (size_t i = 0; i < n; i++) {
        mbedtls_x509_subject_alternative_name *san = &list[i].node;
        size_t len = inet_pton(AF_INET, names[i], addresses[i]) == 1    ? 4
                     : inet_pton(AF_INET6, names[i], addresses[i]) == 1 ? 16
                                                                        : 0;

        san->type = len > 0 ? MBEDTLS_X509_SAN_IP_ADDRESS : MBEDTLS_X509_SAN_DNS_NAME;
        san->san.unstructured_name.p = len > 0 ? addresses[i] : (unsigned char *)(uintptr_t)names[i];
        san->san.unstructured_name.len = len > 0 ? len : strlen(names[i]);
        list[i].next = i + 1 < n ? &list[i + 1] : NULL;
    }
    return issue(out, authority, &w);
}

int nrs_col_pki_device(struct nrs_col_identity *out, const struct nrs_col_identity *authority,
                       const char *name, time_t now)
{
    char subject[96];
    struct wish w = {.subject = subject,
                     .usage = MBEDTLS_OID_CLIENT_AUTH,
                     .usage_len = MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH),
                     .now = now};

    (void)snprintf(subject, sizeof subject, "O=noroshi,CN=%s", name);
    return issue(out, authority, &w);
}

void nrs_col_identity_wipe(struct nrs_col_identity *id)
{
    mbedtls_platform_zeroize(id, sizeof *id);
}
