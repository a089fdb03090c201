/* models/model_term.h - what one term adds, for the scorer and the explainer alike */
#ifndef NRS_MODEL_TERM_H
#define NRS_MODEL_TERM_H
#include "models/base/bytes.h"
#include "models/model.h"
#include "models/model_grams.h"

/* The bin of x: how many of the ascending cuts are at or below it, found bit by bit from the highest. */
static inline unsigned nrs_term_bin(const uint8_t *cuts, unsigned n_cuts, uint16_t x)
{
    unsigned bin = 0;

    for (unsigned bit = (NRS_MODEL_CUTS_MAX + 1) / 2; bit > 0; bit /= 2)
        if (bin + bit <= n_cuts && x >= nrs_get_u16le(cuts + 2 * (bin + bit - 1)))
            bin += bit;
    return bin;
}

/* Which weight of each output's table a feature vector picks. */
static inline unsigned nrs_term_cell(const struct nrs_term *t, const uint16_t *x)
{
    unsigned cell = nrs_term_bin(t->cuts_a, t->n_a - 1u, x[t->a]);

    if (t->n_b > 1)
        cell = cell * t->n_b + nrs_term_bin(t->cuts_b, t->n_b - 1u, x[t->b]);
    return cell;
}

/* What that weight is multiplied by: 1, or the value of a linear term's feature. */
static inline int32_t nrs_term_factor(const struct nrs_model *m, const struct nrs_term *t, const uint16_t *x)
{
    uint16_t max;

    if (t->type != NRS_TERM_LINEAR)
        return 1;
    max = m->schema->features[t->a].max;
    return x[t->a] < max ? x[t->a] : max;
}

/* What the term adds to the sum of one output. It does not overflow: the loader has proved that for the
 * largest weight and factor. */
static inline int32_t nrs_term_part(const struct nrs_term *t, unsigned output, unsigned cell, int32_t factor)
{
    unsigned n_cells = (unsigned)t->n_a * t->n_b;

    return t->weights[output * n_cells + cell] * factor * (int32_t)(1u << t->shifts[output]);
}

/* What any term adds to `n` outputs from `first` on. The one place that knows all types. */
static inline void nrs_term_parts(const struct nrs_model *m, const struct nrs_term *t, const uint16_t *x,
                                  unsigned first, unsigned n, int32_t *parts)
{
    unsigned cell;
    int32_t factor;

    if (t->type == NRS_TERM_GRAMS) {
        nrs_grams_parts(m, t, x, first, n, parts);
        return;
    }
    cell = nrs_term_cell(t, x);
    factor = nrs_term_factor(m, t, x);
    for (unsigned o = 0; o < n; o++)
        parts[o] = nrs_term_part(t, first + o, cell, factor);
}

static inline int32_t nrs_term_adds(const struct nrs_model *m, const struct nrs_term *t, unsigned output,
                                    const uint16_t *x)
{
    int32_t part;

    nrs_term_parts(m, t, x, output, 1, &part);
    return part;
}

#endif
