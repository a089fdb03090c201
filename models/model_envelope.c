/* header = "NRSM" format:u8 kind:u8 zero:u16 serial:u32 min_agent:u32 schema_hash:u64 expires_day:u32
 *          body_len:u32 key_id:8 | digest:32 signature:64
 * file   = header body
 *
 * FORMAT.md says what each means. */
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_header.h"
#include "models/model_read.h"

static bool all_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;

    while (n-- > 0)
        any |= *p++;
    return any == 0;
}

static int check_fixed(const uint8_t *file, size_t len, const char **place)
{
    if (len > NRS_MODEL_BYTES_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "file", -1, "larger than 65536 bytes");
    if (len < NRS_AT_BODY)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "header", -1, "cut off");
    if (memcmp(file, NRS_MODEL_MAGIC, 4) != 0)
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "header", -1, "not a model file");
    if (file[NRS_AT_FORMAT] != NRS_MODEL_FORMAT)
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "header", -1, "unknown format number");
    if (!all_zero(file + NRS_AT_ZERO, 2))
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "header", -1, "reserved bytes not zero");
    return 0;
}

int nrs_model_envelope_read(struct nrs_model_envelope *e, const uint8_t *file, size_t len, const char **place)
{
    int rc = check_fixed(file, len, place);
    uint32_t body_len;

    if (rc)
        return rc;
    body_len = nrs_get_u32le(file + NRS_AT_BODY_LEN);
    if (body_len > len - NRS_AT_BODY)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "body", -1, "cut off");
    if (body_len < len - NRS_AT_BODY)
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "body", -1, "followed by more bytes");
    if (all_zero(file + NRS_AT_KEY_ID, sizeof e->key_id) && !all_zero(file + NRS_AT_SIGNATURE, 64))
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "header", -1, "signature without a key id");

    e->kind = file[NRS_AT_KIND];
    e->serial = nrs_get_u32le(file + NRS_AT_SERIAL);
    e->min_agent = nrs_get_u32le(file + NRS_AT_MIN_AGENT);
    e->schema_hash = nrs_get_u64le(file + NRS_AT_SCHEMA_HASH);
    e->expires_day = nrs_get_u32le(file + NRS_AT_EXPIRES_DAY);
    memcpy(e->key_id, file + NRS_AT_KEY_ID, sizeof e->key_id);
    e->digest = file + NRS_AT_DIGEST;
    e->signature = file + NRS_AT_SIGNATURE;
    e->body = file + NRS_AT_BODY;
    e->body_len = body_len;
    return 0;
}
