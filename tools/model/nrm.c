#include "tools/model/nrm.h"

#include <mbedtls/sha256.h>
#include <string.h>

#include "models/bytes.h"
#include "models/error.h"
#include "models/model_header.h"

static void digest_of(const struct nrs_nrm *f, uint8_t digest[32])
{
    mbedtls_sha256_context sha;

    mbedtls_sha256_init(&sha);
    mbedtls_sha256_starts(&sha, 0);
    mbedtls_sha256_update(&sha, f->bytes, NRS_MODEL_SIGNED);
    mbedtls_sha256_update(&sha, f->bytes + NRS_AT_BODY, f->len - NRS_AT_BODY);
    mbedtls_sha256_finish(&sha, digest);
    mbedtls_sha256_free(&sha);
}

void nrs_nrm_set_key_id(struct nrs_nrm *f, const uint8_t key_id[8], uint8_t digest[32])
{
    memcpy(f->bytes + NRS_AT_KEY_ID, key_id, 8);
    digest_of(f, digest);
    memcpy(f->bytes + NRS_AT_DIGEST, digest, 32);
}

void nrs_nrm_set_signature(struct nrs_nrm *f, const uint8_t signature[64])
{
    memcpy(f->bytes + NRS_AT_SIGNATURE, signature, 64);
}

void nrs_nrm_seal(struct nrs_nrm *f)
{
    static const uint8_t none[64] = {0};
    uint8_t digest[32];

    nrs_nrm_set_key_id(f, none, digest);
    nrs_nrm_set_signature(f, none);
}

void nrs_nrm_set_serial(struct nrs_nrm *f, uint32_t serial)
{
    nrs_put_u32le(f->bytes + NRS_AT_SERIAL, serial);
}

int nrs_nrm_open(struct nrs_model_envelope *e, const struct nrs_nrm *f, struct nrs_note *note)
{
    const char *place = "";
    uint8_t digest[32];
    int rc = nrs_model_envelope_read(e, f->bytes, f->len, &place);

    if (rc)
        return nrs_note_set(note, rc, "%s", place);
    digest_of(f, digest);
    if (memcmp(digest, e->digest, sizeof digest) != 0)
        return nrs_note_set(note, NRS_ERR_SIGNATURE, "digest: does not fit the content");
    return 0;
}
