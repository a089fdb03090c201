#include "models/model_term.h"

void nrs_model_sums(const struct nrs_model *m, const uint16_t *x, int32_t *out)
{
    for (unsigned o = 0; o < m->n_outputs; o++)
        out[o] = m->bias[o];
    for (unsigned i = 0; i < m->n_terms; i++) {
        const struct nrs_term *t = &m->term[i];
        struct nrs_term_hit hit = nrs_term_hit(m, t, x);

        for (unsigned o = 0; o < m->n_outputs; o++)
            out[o] += nrs_term_part(t, hit, o);
    }
}

/* |sum| < 2^31 and scale <= 2^31: the product fits int64, the quotient int32. Division, not a shift: C rounds
 * it toward zero on every target. */
int32_t nrs_model_mlogit(const struct nrs_model *m, unsigned output, int32_t sum)
{
    return (int32_t)((int64_t)sum * m->scale_q31[output] / (INT64_C(1) << 31));
}

int32_t nrs_model_score(const struct nrs_model *m, const uint16_t *x)
{
    int32_t sum = m->bias[0];

    for (unsigned i = 0; i < m->n_terms; i++)
        sum += nrs_term_part(&m->term[i], nrs_term_hit(m, &m->term[i], x), 0);
    return nrs_model_mlogit(m, 0, sum);
}
