#include "agent/trust/model_trust.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/pem.h>
#include <mbedtls/sha256.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_header.h"
#include "platform/files.h"

#define PEM_MAX 4096

/* SubjectPublicKeyInfo of an uncompressed P-256 key (RFC 5480): these 26 bytes, then the 65 of the point. */
static const uint8_t spki_head[26] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

static int take_spki(struct nrs_trusted_key *key, const uint8_t *der, size_t len)
{
    uint8_t hash[32];

    if (len != sizeof spki_head + sizeof key->point || memcmp(der, spki_head, sizeof spki_head) != 0)
        return NRS_ERR_FORMAT;
    if (mbedtls_sha256(der, len, hash, 0) != 0)
        return NRS_ERR_UNSUPPORTED;
    memcpy(key->id, hash, sizeof key->id);
    memcpy(key->point, der + sizeof spki_head, sizeof key->point);
    return 0;
}

static int read_key(struct nrs_trusted_key *key, const char *path, struct nrs_why *why)
{
    unsigned char text[PEM_MAX];
    mbedtls_pem_context pem;
    const unsigned char *der;
    size_t used;
    int rc, len = nrs_path_load(path, text, sizeof text);

    if (len < 0)
        return nrs_why(why, NRS_ERR_IO, "model.keys: %s: %s", path, strerror(-len));
    mbedtls_pem_init(&pem);
    rc = mbedtls_pem_read_buffer(&pem, "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----", text, NULL,
                                 0, &used);
    if (rc == 0) {
        der = mbedtls_pem_get_buffer(&pem, &used);
        rc = take_spki(key, der, used);
    }
    mbedtls_pem_free(&pem);
    return rc != 0 ? nrs_why(why, NRS_ERR_FORMAT, "model.keys: %s: not a P-256 public key in PEM", path) : 0;
}

int nrs_trust_keys(struct nrs_trust *t, const struct nrs_config *c, struct nrs_why *why)
{
    t->n_keys = 0;
    for (uint32_t i = 0; i < c->model.n_keys; i++) {
        int rc = read_key(&t->key[i], c->model.keys[i], why);

        if (rc != 0)
            return rc;
        t->n_keys++;
    }
    return 0;
}

int nrs_model_digest(const uint8_t *file, size_t len, uint8_t digest[32])
{
    mbedtls_sha256_context sha;
    int rc;

    mbedtls_sha256_init(&sha);
    rc = mbedtls_sha256_starts(&sha, 0);
    if (rc == 0)
        rc = mbedtls_sha256_update(&sha, file, NRS_MODEL_SIGNED);
    if (rc == 0)
        rc = mbedtls_sha256_update(&sha, file + NRS_AT_BODY, len - NRS_AT_BODY);
    if (rc == 0)
        rc = mbedtls_sha256_finish(&sha, digest);
    mbedtls_sha256_free(&sha);
    return rc == 0 ? 0 : NRS_ERR_UNSUPPORTED;
}

/* The signature is r and s, 32 bytes each, big-endian. */
static bool signature_fits(const struct nrs_trusted_key *key, const struct nrs_model_envelope *e)
{
    mbedtls_ecp_group group;
    mbedtls_ecp_point q;
    mbedtls_mpi r, s;
    int rc;

    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&q);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    rc = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
    if (rc == 0)
        rc = mbedtls_ecp_point_read_binary(&group, &q, key->point, sizeof key->point);
    if (rc == 0)
        rc = mbedtls_mpi_read_binary(&r, e->signature, 32);
    if (rc == 0)
        rc = mbedtls_mpi_read_binary(&s, e->signature + 32, 32);
    if (rc == 0)
        rc = mbedtls_ecp_check_pubkey(&group, &q);
    if (rc == 0)
        rc = mbedtls_ecdsa_verify(&group, e->digest, 32, &q, &r, &s);
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&q);
    mbedtls_ecp_group_free(&group);
    return rc == 0;
}

static int check_signer(const struct nrs_trust *t, const struct nrs_model_envelope *e, struct nrs_why *why)
{
    static const uint8_t unsigned_id[8];
    uint32_t i = 0;

    if (memcmp(e->key_id, unsigned_id, sizeof unsigned_id) == 0)
        return nrs_why(why, NRS_ERR_SIGNATURE, "it is not signed");
    while (i < t->n_keys && memcmp(t->key[i].id, e->key_id, sizeof e->key_id) != 0)
        i++;
    if (i == t->n_keys)
        return nrs_why(why, NRS_ERR_SIGNATURE, "it is signed by a key that is not in model.keys");
    if (!signature_fits(&t->key[i], e))
        return nrs_why(why, NRS_ERR_SIGNATURE, "its signature is wrong");
    return 0;
}

static int check_policy(const struct nrs_trust *t, const struct nrs_model_envelope *e, struct nrs_why *why)
{
    if (e->expires_day != 0 && t->today > e->expires_day)
        return nrs_why(why, NRS_ERR_STALE, "it has expired");
    if (e->min_agent > t->agent)
        return nrs_why(why, NRS_ERR_STALE, "it needs a newer agent");
    if (e->serial >= t->floor)
        return 0;
    return nrs_why(why, NRS_ERR_STALE, "serial %u is older than %u, which was in use", (unsigned)e->serial,
             (unsigned)t->floor);
}

/* place: where the file broke a rule, NULL = in no part that has a name. */
static int refuse_at(int err, const char *place, struct nrs_why *why)
{
    return nrs_why(why, err, "%s%s%s", place != NULL ? place : "", place != NULL ? ": " : "",
                   nrs_strerror(err));
}

static int load_body(struct nrs_model *m, const struct nrs_model_envelope *e, const struct nrs_schema *schema,
                     struct nrs_why *why)
{
    const char *place = NULL;
    int rc = nrs_model_load_as(m, e, schema, &place);

    return rc != 0 ? refuse_at(rc, place, why) : 0;
}

static int open_envelope(struct nrs_model_envelope *e, const struct nrs_schema *schema, const uint8_t *file,
                         size_t len, struct nrs_why *why)
{
    const char *place = NULL;
    uint8_t digest[32];
    int rc = nrs_model_envelope_read(e, file, len, &place);

    if (rc != 0)
        return refuse_at(rc, place, why);
    if (nrs_model_digest(file, len, digest) != 0 || memcmp(digest, e->digest, sizeof digest) != 0)
        return nrs_why(why, NRS_ERR_SIGNATURE, "its digest is wrong: the file is damaged");
    if (e->kind != (unsigned)schema->kind)
        return nrs_why(why, NRS_ERR_SCHEMA, "it is not a %s model", schema->name);
    return 0;
}

int nrs_trust_model(const struct nrs_trust *t, struct nrs_model_place *p, size_t len, struct nrs_why *why)
{
    struct nrs_model_envelope e;
    int rc = open_envelope(&e, t->schema, p->bytes, len, why);

    if (rc == 0)
        rc = check_signer(t, &e, why);
    if (rc == 0)
        rc = check_policy(t, &e, why);
    if (rc == 0)
        rc = load_body(&p->model, &e, t->schema, why);
    return rc;
}

int nrs_trust_builtin(struct nrs_model *m, const struct nrs_kind *kind, struct nrs_why *why)
{
    struct nrs_model_envelope e;
    int rc;

    if (*kind->builtin_len == 0)
        return nrs_why(why, NRS_ERR_UNSUPPORTED, "this build has none");
    rc = open_envelope(&e, kind->schema, kind->builtin, *kind->builtin_len, why);
    return rc == 0 ? load_body(m, &e, kind->schema, why) : rc;
}
