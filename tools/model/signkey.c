#include "tools/model/signkey.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/sha256.h>
#include <string.h>

#include "models/base/error.h"
#include "platform/random.h"

void nrs_signkey_init(struct nrs_signkey *k)
{
    mbedtls_pk_init(&k->pk);
}

void nrs_signkey_done(struct nrs_signkey *k)
{
    mbedtls_pk_free(&k->pk);
}

int nrs_signkey_make(struct nrs_signkey *k, struct nrs_why *why)
{
    int rc = mbedtls_pk_setup(&k->pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

    if (rc == 0)
        rc = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(k->pk), nrs_random, NULL);
    return rc ? nrs_why(why, NRS_ERR_UNSUPPORTED, "key: cannot be made (-0x%04x)", (unsigned)-rc) : 0;
}

static int check_curve(struct nrs_signkey *k, struct nrs_why *why)
{
    if (mbedtls_pk_get_type(&k->pk) != MBEDTLS_PK_ECKEY || mbedtls_pk_get_bitlen(&k->pk) != 256 ||
        mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(k->pk)) != MBEDTLS_ECP_DP_SECP256R1)
        return nrs_why(why, NRS_ERR_UNSUPPORTED, "key: not of curve P-256");
    return 0;
}

int nrs_signkey_private(struct nrs_signkey *k, const char *pem, struct nrs_why *why)
{
    if (mbedtls_pk_parse_key(&k->pk, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0, nrs_random,
                             NULL) != 0)
        return nrs_why(why, NRS_ERR_FORMAT, "key: not a private key in PEM");
    return check_curve(k, why);
}

int nrs_signkey_public(struct nrs_signkey *k, const char *pem, struct nrs_why *why)
{
    if (mbedtls_pk_parse_public_key(&k->pk, (const unsigned char *)pem, strlen(pem) + 1) != 0)
        return nrs_why(why, NRS_ERR_FORMAT, "key: not a public key in PEM");
    return check_curve(k, why);
}

int nrs_signkey_write(struct nrs_signkey *k, char private_pem[NRS_SIGNKEY_PEM_MAX],
                      char public_pem[NRS_SIGNKEY_PEM_MAX], struct nrs_why *why)
{
    if (mbedtls_pk_write_key_pem(&k->pk, (unsigned char *)private_pem, NRS_SIGNKEY_PEM_MAX) != 0 ||
        mbedtls_pk_write_pubkey_pem(&k->pk, (unsigned char *)public_pem, NRS_SIGNKEY_PEM_MAX) != 0)
        return nrs_why(why, NRS_ERR_SPACE, "key: cannot be written");
    return 0;
}

int nrs_signkey_id(struct nrs_signkey *k, uint8_t id[8], struct nrs_why *why)
{
    unsigned char der[256], digest[32];
    int len = mbedtls_pk_write_pubkey_der(&k->pk, der, sizeof der); /* to the end of the buffer */

    if (len <= 0 || mbedtls_sha256(der + sizeof der - len, (size_t)len, digest, 0) != 0)
        return nrs_why(why, NRS_ERR_SPACE, "key: cannot be written");
    memcpy(id, digest, 8);
    return 0;
}

/* Deterministic (RFC 6979): one key and one digest give one signature; the random numbers only blind. */
static int sign(mbedtls_ecp_group *group, mbedtls_mpi *d, const uint8_t digest[32], uint8_t signature[64])
{
    mbedtls_mpi r, s;
    int rc;

    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    rc = mbedtls_ecdsa_sign_det_ext(group, &r, &s, d, digest, 32, MBEDTLS_MD_SHA256, nrs_random, NULL);
    if (rc == 0)
        rc = mbedtls_mpi_write_binary(&r, signature, 32);
    if (rc == 0)
        rc = mbedtls_mpi_write_binary(&s, signature + 32, 32);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    return rc;
}

static int verify(mbedtls_ecp_group *group, const mbedtls_ecp_point *q, const uint8_t digest[32],
                  const uint8_t signature[64])
{
    mbedtls_mpi r, s;
    int rc;

    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    rc = mbedtls_mpi_read_binary(&r, signature, 32);
    if (rc == 0)
        rc = mbedtls_mpi_read_binary(&s, signature + 32, 32);
    if (rc == 0)
        rc = mbedtls_ecdsa_verify(group, digest, 32, q, &r, &s);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    return rc;
}

/* The three parts of a key pair, copied out: mbedTLS keeps its own to itself. */
struct parts {
    mbedtls_ecp_group group;
    mbedtls_mpi d;
    mbedtls_ecp_point q;
};

static int parts_init(struct parts *p, struct nrs_signkey *k)
{
    mbedtls_ecp_group_init(&p->group);
    mbedtls_mpi_init(&p->d);
    mbedtls_ecp_point_init(&p->q);
    return mbedtls_ecp_export(mbedtls_pk_ec(k->pk), &p->group, &p->d, &p->q);
}

static void parts_done(struct parts *p)
{
    mbedtls_ecp_group_free(&p->group);
    mbedtls_mpi_free(&p->d);
    mbedtls_ecp_point_free(&p->q);
}

int nrs_signkey_sign(struct nrs_signkey *k, const uint8_t digest[32], uint8_t signature[64],
                     struct nrs_why *why)
{
    struct parts p;
    int rc = parts_init(&p, k);

    if (rc == 0)
        rc = sign(&p.group, &p.d, digest, signature);
    parts_done(&p);
    return rc ? nrs_why(why, NRS_ERR_SIGNATURE, "key: cannot sign (-0x%04x)", (unsigned)-rc) : 0;
}

int nrs_signkey_verify(struct nrs_signkey *k, const uint8_t digest[32], const uint8_t signature[64],
                       struct nrs_why *why)
{
    struct parts p;
    int rc = parts_init(&p, k);

    if (rc == 0)
        rc = verify(&p.group, &p.q, digest, signature);
    parts_done(&p);
    return rc ? nrs_why(why, NRS_ERR_SIGNATURE, "signature: not this key's over this content") : 0;
}
