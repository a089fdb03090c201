#include "models/model_term.h"

void nrs_model_sums(const struct nrs_model *m, const uint16_t *x, int32_t *out)
{
    for (unsigned o = 0; o < m->n_outputs; o++)
        out[o] = m->bias[o];
    for (const struct nrs_term *t = m->term; t < m->term + m->n_terms; t++) {
        int32_t parts[NRS_MODEL_OUTPUTS_MAX];

        nrs_term_parts(m, t, x, 0, m->n_outputs, parts);
        for (unsigned o = 0; o < m->n_outputs; o++)
            out[o] += parts[o];
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

    for (const struct nrs_term *t = m->term; t < m->term + m->n_terms; t++)
        sum += nrs_term_adds(m, t, 0, x);
    return nrs_model_mlogit(m, 0, sum);
}

/* A sum without one term is a sum of the others: it is within what the loader proved. */
int32_t nrs_model_update_sum(const struct nrs_model *m, const uint16_t *before, const uint16_t *x,
                             int32_t sum)
{
    for (const struct nrs_term *t = m->term; t < m->term + m->n_terms; t++) {
        if (t->type != NRS_TERM_GRAMS && before[t->a] == x[t->a] && before[t->b] == x[t->b])
            continue;
        sum -= nrs_term_adds(m, t, 0, before);
        sum += nrs_term_adds(m, t, 0, x);
    }
    return sum;
}
