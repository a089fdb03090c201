/* term   = linear | bins | cross | grams     ascending by (type, a, b): one way to write a
 *                                            model, no term twice
 * linear = 1:u8 a:u16 tables
 * bins   = 2:u8 a:u16 cuts tables
 * cross  = 3:u8 a:u16 b:u16 cuts cuts tables
 * grams  = 4:u8 a:u16 grams:u8 reach:u16 bits:u8 tables
 * cuts   = n:u8 n*cut:u16                    1..15, ascending, each within 1..maximum of the feature
 * tables = n_outputs*shift:u8 n_outputs*n_cells*weight:i8      n_cells = bins_a*bins_b, of grams 2^bits */
#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_read.h"

static int read_feature(const struct nrs_model *m, uint16_t *index, struct nrs_cursor *c, int i,
                        const char **place)
{
    const uint8_t *p = nrs_cursor_take(c, 2);

    if (p == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "term", i, "cut off in its features");
    *index = nrs_get_u16le(p);
    if (*index >= m->schema->n_features)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "no such feature");
    return 0;
}

static int read_cuts(const struct nrs_model *m, uint16_t feature, uint8_t *n_bins, const uint8_t **cuts,
                     struct nrs_cursor *c, int i, const char **place)
{
    const uint8_t *n = nrs_cursor_take(c, 1);
    const uint8_t *p = n ? nrs_cursor_take(c, 2u * n[0]) : NULL;
    uint16_t last = 0;

    if (p == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "term", i, "cut off in its cuts");
    if (n[0] < 1 || n[0] > NRS_MODEL_CUTS_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "term", i, "not 1 to 15 cuts");
    for (unsigned k = 0; k < n[0]; k++) {
        uint16_t cut = nrs_get_u16le(p + 2 * k);

        if (cut <= last)
            return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "cuts not ascending from 1");
        last = cut;
    }
    /* Then a value above the maximum falls into the same bin as the maximum, without a test when scoring. */
    if (last > m->schema->features[feature].max)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "cut above the feature's maximum");
    *n_bins = (uint8_t)(n[0] + 1);
    *cuts = p;
    return 0;
}

static int read_grams(const struct nrs_model *m, struct nrs_term *t, struct nrs_cursor *c, int i,
                      const char **place)
{
    const uint8_t *p = nrs_cursor_take(c, 4);

    if (p == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "term", i, "cut off in its n-grams");
    t->grams = p[0];
    t->reach = nrs_get_u16le(p + 1);
    t->bits = p[3];
    if (t->grams == 0 || t->grams >> NRS_MODEL_GRAM_MAX != 0)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "n-grams not of 1 to 4 bytes");
    if (t->reach < 1 || t->reach > m->schema->n_bytes)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "more bytes than the schema has");
    if (t->bits < NRS_MODEL_GRAM_BITS_MIN || t->bits > NRS_MODEL_GRAM_BITS_MAX)
        return nrs_model_refuse(place, NRS_ERR_LIMIT, "term", i, "not 2^4 to 2^12 buckets");
    return 0;
}

static int read_shape(const struct nrs_model *m, struct nrs_term *t, struct nrs_cursor *c, int i,
                      const char **place)
{
    const uint8_t *type = nrs_cursor_take(c, 1);
    int rc;

    if (type == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "term", i, "cut off");
    t->type = *type;
    if (t->type < NRS_TERM_LINEAR || t->type > NRS_TERM_GRAMS)
        return nrs_model_refuse(place, NRS_ERR_UNSUPPORTED, "term", i, "unknown type");
    rc = read_feature(m, &t->a, c, i, place);
    t->b = t->a;
    if (rc == 0 && t->type == NRS_TERM_CROSS)
        rc = read_feature(m, &t->b, c, i, place);
    if (rc)
        return rc;
    if (t->type == NRS_TERM_CROSS && t->a == t->b)
        return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "crosses a feature with itself");
    t->n_a = t->n_b = 1;
    if (t->type == NRS_TERM_GRAMS)
        return read_grams(m, t, c, i, place);
    if (t->type != NRS_TERM_LINEAR)
        rc = read_cuts(m, t->a, &t->n_a, &t->cuts_a, c, i, place);
    if (rc == 0 && t->type == NRS_TERM_CROSS)
        rc = read_cuts(m, t->b, &t->n_b, &t->cuts_b, c, i, place);
    return rc;
}

static int read_tables(const struct nrs_model *m, struct nrs_term *t, struct nrs_cursor *c, int i,
                       const char **place)
{
    size_t n_weights = (size_t)m->n_outputs * nrs_term_cells(t);
    const uint8_t *shifts = nrs_cursor_take(c, m->n_outputs);
    const uint8_t *weights = shifts ? nrs_cursor_take(c, n_weights) : NULL;

    if (weights == NULL)
        return nrs_model_refuse(place, NRS_ERR_SHORT, "term", i, "cut off in its weights");
    for (unsigned o = 0; o < m->n_outputs; o++)
        if (shifts[o] > NRS_MODEL_SHIFT_MAX)
            return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "shift above 15");
    for (size_t w = 0; w < n_weights; w++)
        if (weights[w] == 0x80)
            return nrs_model_refuse(place, NRS_ERR_RANGE, "term", i, "weight -128");
    t->shifts = shifts;
    t->weights = (const int8_t *)weights;
    return 0;
}

static uint64_t rank(const struct nrs_term *t)
{
    return (uint64_t)t->type << 32 | (uint32_t)t->a << 16 | t->b;
}

int nrs_model_read_terms(struct nrs_model *m, struct nrs_cursor *c, const char **place)
{
    for (int i = 0; i < m->n_terms; i++) {
        struct nrs_term *t = &m->term[i];
        int rc = read_shape(m, t, c, i, place);

        if (rc == 0)
            rc = read_tables(m, t, c, i, place);
        if (rc)
            return rc;
        if (i > 0 && rank(t) <= rank(t - 1))
            return nrs_model_refuse(place, NRS_ERR_FORMAT, "term", i, "out of order or twice");
    }
    return 0;
}
