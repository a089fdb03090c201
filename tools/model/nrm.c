#include "tools/model/nrm.h"

#include <string.h>

#include "agent/trust/model_trust.h"
#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_header.h"

void nrs_nrm_set_key_id(struct nrs_nrm *f, const uint8_t key_id[8], uint8_t digest[32])
{
    memcpy(f->bytes + NRS_AT_KEY_ID, key_id, 8);
    (void)nrs_model_digest(f->bytes, f->len, digest); /* in software: it never fails */
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

int nrs_nrm_open(struct nrs_model_envelope *e, const struct nrs_nrm *f, struct nrs_why *why)
{
    const char *place = "";
    uint8_t digest[32];
    int rc = nrs_model_envelope_read(e, f->bytes, f->len, &place);

    if (rc)
        return nrs_why(why, rc, "%s", place);
    if (nrs_model_digest(f->bytes, f->len, digest) != 0 || memcmp(digest, e->digest, sizeof digest) != 0)
        return nrs_why(why, NRS_ERR_SIGNATURE, "digest: does not fit the content");
    return 0;
}

int nrs_nrm_load(struct nrs_model *m, const struct nrs_nrm *f, const struct nrs_schema *schema,
                 struct nrs_why *why)
{
    struct nrs_model_envelope e;
    const char *place = "";
    int rc = nrs_nrm_open(&e, f, why);

    if (rc)
        return rc;
    rc = nrs_model_load_as(m, &e, schema, &place);
    return rc ? nrs_why(why, rc, "%s", place) : 0;
}
