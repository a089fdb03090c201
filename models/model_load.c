/* body        = n_outputs:u8 n_calibration:u8 n_terms:u16 n_golden:u8 zero:u8
 *               3*threshold:i32 bound:i32 n_outputs*output n_calibration*point n_terms*term n_golden*pair
 * output      = bias:i32 scale_q31:u32 name_len:u8 name_len*name:u8
 * point       = score:i32 percent:u8                  scores ascend, percents do not descend
 * term        = see model_terms.c
 * pair        = n_features*x:u16 n_outputs*(sum:i32 mlogit:i32) */
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/kinds.h"
#include "models/model_read.h"

#define FIXED_BYTES 22 /* body up to the outputs */
#define POINT_BYTES 5

static int32_t get_i32le(const uint8_t *p)
{
    return (int32_t)nrs_get_u32le(p);
}

static int read_fixed(struct nrs_model *m, struct nrs_cursor *c, const char **place)
{
    const uint8_t *p = nrs_cursor_take(c, FIXED_BYTES);
    unsigned n_outputs = nrs_kind(m->schema->kind)->n_outputs;

    if (p == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "body", -1, "cut off before the outputs");
    m->n_outputs = p[0];
    m->n_calibration = p[1];
    m->n_terms = nrs_get_u16le(p + 2);
    m->n_golden = p[4];
    if (m->n_outputs < 1 || m->n_outputs > NRS_MODEL_OUTPUTS_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "outputs", -1, "not 1 to 32");
    if (n_outputs != 0 && m->n_outputs != n_outputs)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "outputs", -1, "not as many as this kind has");
    if (m->n_calibration < 1 || m->n_calibration > NRS_MODEL_POINTS_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "calibration", -1, "not 1 to 32 points");
    if (m->n_terms < 1 || m->n_terms > NRS_MODEL_TERMS_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "terms", -1, "not 1 to 128");
    if (m->n_golden < 1 || m->n_golden > NRS_MODEL_GOLDEN_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "golden", -1, "not 1 to 4 pairs");
    if (p[5] != 0)
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "body", -1, "reserved byte not zero");
    for (unsigned i = 0; i < NRS_MODEL_THRESHOLDS; i++)
        m->threshold_mlogit[i] = get_i32le(p + 6 + 4 * i);
    m->bound_mlogit = get_i32le(p + 18);
    if (m->bound_mlogit < 0)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "bound", -1, "negative");
    return 0;
}

static bool name_is_plain(const uint8_t *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '"' || name[i] == '\\')
            return false;
    return len >= 1 && len <= NRS_MODEL_NAME_MAX;
}

static int read_output(struct nrs_model *m, unsigned o, struct nrs_cursor *c, const char **place)
{
    const uint8_t *p = nrs_cursor_take(c, 9);
    const uint8_t *name = p ? nrs_cursor_take(c, p[8]) : NULL;

    if (name == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "output", (int)o, "cut off");
    m->bias[o] = get_i32le(p);
    m->scale_q31[o] = nrs_get_u32le(p + 4);
    if (m->scale_q31[o] < 1 || m->scale_q31[o] > 0x80000000u)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "output", (int)o, "scale not in 1 to 2^31");
    if (!name_is_plain(name, p[8]))
        return nrs_model_refuse(place, NRS_ERR_RANGE, "output", (int)o, "name not 1 to 31 plain characters");
    memcpy(m->output_name[o], name, p[8]);
    return 0;
}

static int read_calibration(struct nrs_model *m, struct nrs_cursor *c, const char **place)
{
    const uint8_t *p = nrs_cursor_take(c, (size_t)m->n_calibration * POINT_BYTES);

    if (p == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "calibration", -1, "cut off");
    m->calibration = p;
    for (int i = 0; i < m->n_calibration; i++, p += POINT_BYTES) {
        if (p[4] > 99)
            return nrs_model_refuse(place, NRS_ERR_RANGE, "calibration", i, "percent above 99");
        if (i > 0 && get_i32le(p) <= get_i32le(p - POINT_BYTES))
            return nrs_model_refuse(place, NRS_ERR_RANGE, "calibration", i, "scores not ascending");
        if (i > 0 && p[4] < p[4 - POINT_BYTES])
            return nrs_model_refuse(place, NRS_ERR_RANGE, "calibration", i, "percent descends");
    }
    return 0;
}

static int read_golden(struct nrs_model *m, struct nrs_cursor *c, const char **place)
{
    m->golden = nrs_cursor_take(c, m->n_golden * nrs_model_golden_size(m));
    if (m->golden == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "golden", -1, "cut off");
    if (c->left != 0)
        return nrs_model_refuse(place, NRS_ERR_FORMAT, "body", -1, "bytes after the golden pairs");
    return 0;
}

static int read_body(struct nrs_model *m, struct nrs_cursor c, const char **place)
{
    int rc = read_fixed(m, &c, place);

    for (unsigned o = 0; rc == 0 && o < m->n_outputs; o++)
        rc = read_output(m, o, &c, place);
    if (rc == 0)
        rc = read_calibration(m, &c, place);
    if (rc == 0)
        rc = nrs_model_read_terms(m, &c, place);
    if (rc == 0)
        rc = read_golden(m, &c, place);
    return rc;
}

int nrs_model_load_as(struct nrs_model *m, const struct nrs_model_envelope *e,
                      const struct nrs_schema *schema, const char **place)
{
    struct nrs_cursor body = {e->body, e->body_len};
    struct nrs_model fresh;
    int rc;

    if (e->kind != (unsigned)schema->kind)
        return nrs_model_refuse(place, NRS_ERR_SCHEMA, "header", -1, "another kind of model");
    if (e->schema_hash != nrs_schema_hash(schema))
        return nrs_model_refuse(place, NRS_ERR_SCHEMA, "header", -1, "made for another feature schema");
    memset(&fresh, 0, sizeof fresh);
    fresh.schema = schema;
    fresh.serial = e->serial;
    rc = read_body(&fresh, body, place);
    if (rc == 0)
        rc = nrs_model_prove(&fresh, place);
    if (rc == 0)
        rc = nrs_model_selftest(&fresh, place);
    if (rc == 0)
        *m = fresh;
    return rc;
}

int nrs_model_load(struct nrs_model *m, const struct nrs_model_envelope *e, const char **place)
{
    const struct nrs_kind *kind = nrs_kind_of_number(e->kind);

    if (kind == NULL)
        return nrs_model_refuse(place, NRS_ERR_SCHEMA, "header", -1, "unknown kind of model");
    return nrs_model_load_as(m, e, kind->schema, place);
}
