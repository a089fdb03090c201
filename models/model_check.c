#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_grams.h"
#include "models/model_read.h"

/* The largest magnitude a term can add to one output. */
static int64_t term_reach(const struct nrs_model *m, const struct nrs_term *t, unsigned output)
{
    unsigned n_cells = nrs_term_cells(t);
    const int8_t *w = t->weights + (size_t)output * n_cells;
    int64_t largest = 0;

    for (unsigned i = 0; i < n_cells; i++) {
        int64_t magnitude = w[i] < 0 ? -w[i] : w[i];

        if (magnitude > largest)
            largest = magnitude;
    }
    if (t->type == NRS_TERM_LINEAR)
        largest *= m->schema->features[t->a].max;
    if (t->type == NRS_TERM_GRAMS)
        largest *= nrs_grams_most(t);
    return largest * (INT64_C(1) << t->shifts[output]);
}

/* The sum of the magnitudes covers every partial sum in any order, so the scorer needs no saturation.
 * It is itself below 2^46: 128 terms of 127 * 65535 * 2^15 at most. */
int nrs_model_prove(const struct nrs_model *m, const char **place)
{
    for (unsigned o = 0; o < m->n_outputs; o++) {
        int64_t reach = m->bias[o] < 0 ? -(int64_t)m->bias[o] : m->bias[o];

        for (unsigned t = 0; t < m->n_terms; t++)
            reach += term_reach(m, &m->term[t], o);
        if (reach > INT32_MAX)
            return nrs_model_refuse(place, NRS_ERR_OVERFLOW, "output", (int)o, "sum may not fit 32 bits");
    }
    return 0;
}

static int check_pair(const struct nrs_model *m, const uint8_t *p, int i, const char **place)
{
    uint16_t x[NRS_VECTOR_MAX];
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];

    for (unsigned f = 0; f < nrs_schema_vector(m->schema); f++, p += 2) {
        uint16_t max = f < m->schema->n_features ? m->schema->features[f].max : NRS_BYTE_ABSENT;

        x[f] = nrs_get_u16le(p);
        if (x[f] > max)
            return nrs_model_refuse(place, NRS_ERR_RANGE, "golden", i, "feature above its maximum");
    }
    nrs_model_sums(m, x, sums);
    for (unsigned o = 0; o < m->n_outputs; o++, p += 8)
        if (sums[o] != (int32_t)nrs_get_u32le(p) ||
            nrs_model_mlogit(m, o, sums[o]) != (int32_t)nrs_get_u32le(p + 4))
            return nrs_model_refuse(place, NRS_ERR_SELFTEST, "golden", i, "does not come out as stored");
    return 0;
}

int nrs_model_selftest(const struct nrs_model *m, const char **place)
{
    const uint8_t *p = m->golden;
    int rc = 0;

    for (int i = 0; rc == 0 && i < m->n_golden; i++, p += nrs_model_golden_size(m))
        rc = check_pair(m, p, i, place);
    return rc;
}
