/* models/model_term.h - what one term adds, for the scorer and the explainer alike */
#ifndef NRS_MODEL_TERM_H
#define NRS_MODEL_TERM_H
#include "models/bytes.h"
#include "models/model.h"

/* Which weight of a term a feature vector picks, and what it is multiplied by. */
struct nrs_term_hit {
    unsigned cell;  /* index within one output's table */
    int32_t factor; /* linear: the feature's value; else 1 */
};

/* The bin of x: how many of the ascending cuts are at or below it. Halves the range, at most four steps. */
static inline unsigned nrs_term_bin(const uint8_t *cuts, unsigned n_cuts, uint16_t x)
{
    unsigned first = 0;

    while (n_cuts > 0) {
        unsigned half = n_cuts / 2;

        if (x >= nrs_get_u16le(cuts + 2 * (first + half))) {
            first += half + 1;
            n_cuts -= half + 1;
        } else {
            n_cuts = half;
        }
    }
    return first;
}

static inline struct nrs_term_hit nrs_term_hit(const struct nrs_model *m, const struct nrs_term *t,
                                               const uint16_t *x)
{
    struct nrs_term_hit hit = {0, 1};
    uint16_t max;

    switch (t->type) {
    case NRS_TERM_LINEAR:
        max = m->schema->features[t->a].max;
        hit.factor = x[t->a] < max ? x[t->a] : max;
        break;
    case NRS_TERM_BINS:
        hit.cell = nrs_term_bin(t->cuts_a, t->n_a - 1u, x[t->a]);
        break;
    default: /* a cross: the loader lets no other type in */
        hit.cell = nrs_term_bin(t->cuts_a, t->n_a - 1u, x[t->a]) * t->n_b +
                   nrs_term_bin(t->cuts_b, t->n_b - 1u, x[t->b]);
    }
    return hit;
}

/* No overflow: the loader proved it for the largest weight and factor. */
static inline int32_t nrs_term_part(const struct nrs_term *t, struct nrs_term_hit hit, unsigned output)
{
    unsigned n_cells = (unsigned)t->n_a * t->n_b;

    return t->weights[output * n_cells + hit.cell] * hit.factor * (int32_t)(1u << t->shifts[output]);
}

#endif
