#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/quantised.h"

#define WEIGHT_MAX 127
#define TWO_31     2147483648.0

static double largest_weight(const struct nrs_trained_term *term, unsigned output)
{
    unsigned cells = nrs_trained_cells(term);
    double largest = 0;

    for (unsigned i = 0; i < cells; i++)
        largest = fmax(largest, fabs(term->weights[output * cells + i]));
    return 1000 * largest; /* mlogit */
}

/* As a multiple of 2^-31, the largest weight just fitting with the largest shift. */
static double finest_scale(const struct nrs_trained *t, unsigned output)
{
    double largest = 0;

    for (unsigned i = 0; i < t->n_terms; i++)
        largest = fmax(largest, largest_weight(&t->term[i], output));
    return fmax(1, ceil(largest / (WEIGHT_MAX * ldexp(1, NRS_MODEL_SHIFT_MAX)) * TWO_31));
}

/* Fills one term's weights of one output; returns the largest magnitude it can add, in units. */
static int64_t quantise_term(struct nrs_quantised *q, const struct nrs_trained *t, unsigned term,
                             unsigned output)
{
    const struct nrs_trained_term *from = &t->term[term];
    unsigned cells = nrs_trained_cells(from), shift = 0;
    double unit = nrs_quantised_unit(q, output), largest = largest_weight(from, output);
    int64_t reach = 0;

    while (nearbyint(largest / ldexp(unit, (int)shift)) > WEIGHT_MAX)
        shift++; /* ends: the scale was chosen for the largest weight of all */
    q->term[term].shift[output] = (uint8_t)shift;
    for (unsigned i = 0; i < cells; i++) {
        double w = 1000 * from->weights[output * cells + i];
        int8_t rounded = (int8_t)nearbyint(w / ldexp(unit, (int)shift));

        q->term[term].weights[output * cells + i] = rounded;
        if (abs(rounded) > reach)
            reach = abs(rounded);
    }
    if (from->type == NRS_TERM_LINEAR)
        reach *= t->schema->features[from->a].max;
    return reach * nrs_trained_most(from) * (INT64_C(1) << shift);
}

static int64_t quantise_output(struct nrs_quantised *q, const struct nrs_trained *t, unsigned output)
{
    double bias = nearbyint(1000 * t->bias[output] / nrs_quantised_unit(q, output));
    int64_t reach;

    if (fabs(bias) >= TWO_31)
        return INT64_MAX;
    q->bias[output] = (int32_t)bias;
    reach = llabs((int64_t)bias);
    for (unsigned i = 0; i < t->n_terms; i++)
        reach += quantise_term(q, t, i, output);
    return reach;
}

static int fit_output(struct nrs_quantised *q, const struct nrs_trained *t, unsigned output,
                      struct nrs_why *why)
{
    for (double scale = finest_scale(t, output); scale <= TWO_31; scale *= 2) {
        q->scale_q31[output] = (uint32_t)scale;
        q->reach[output] = quantise_output(q, t, output);
        if (q->reach[output] <= INT32_MAX)
            return 0;
    }
    return nrs_why(why, NRS_ERR_OVERFLOW, "output %s: weights too large for sums of 32 bits",
                   t->output_name[output]);
}

static void count_zeroed(struct nrs_quantised *q, const struct nrs_trained *t)
{
    for (unsigned i = 0; i < t->n_terms; i++) {
        unsigned n = t->n_outputs * nrs_trained_cells(&t->term[i]);

        q->n_weights += n;
        for (unsigned w = 0; w < n; w++)
            q->n_zeroed += t->term[i].weights[w] != 0 && q->term[i].weights[w] == 0;
    }
}

int nrs_quantise(struct nrs_quantised *q, const struct nrs_trained *t, struct nrs_why *why)
{
    int rc = 0;

    memset(q, 0, sizeof *q);
    for (unsigned i = 0; i < t->n_terms; i++) {
        q->term[i].weights = calloc(t->n_outputs, nrs_trained_cells(&t->term[i]));
        if (q->term[i].weights == NULL)
            return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    }
    for (unsigned o = 0; rc == 0 && o < t->n_outputs; o++)
        rc = fit_output(q, t, o, why);
    count_zeroed(q, t);
    return rc;
}

void nrs_quantised_done(struct nrs_quantised *q)
{
    for (unsigned i = 0; i < NRS_MODEL_TERMS_MAX; i++)
        free(q->term[i].weights);
    memset(q, 0, sizeof *q);
}

double nrs_quantised_unit(const struct nrs_quantised *q, unsigned output)
{
    return q->scale_q31[output] / TWO_31;
}

int64_t nrs_quantised_part(const struct nrs_quantised *q, const struct nrs_trained *t, unsigned term,
                           unsigned output, const uint16_t *x)
{
    const struct nrs_trained_term *shape = &t->term[term];
    const int8_t *weights = q->term[term].weights + output * nrs_trained_cells(shape);
    int64_t factor = shape->type == NRS_TERM_LINEAR ? x[shape->a] : 1, sum = 0;
    uint16_t cell[NRS_GRAMS_MAX];
    unsigned n = nrs_trained_pick(t, shape, x, cell);

    for (unsigned i = 0; i < n; i++)
        sum += weights[cell[i]];
    return sum * factor * (INT64_C(1) << q->term[term].shift[output]);
}

int64_t nrs_quantised_sum(const struct nrs_quantised *q, const struct nrs_trained *t, unsigned output,
                          const uint16_t *x)
{
    int64_t sum = q->bias[output];

    for (unsigned i = 0; i < t->n_terms; i++)
        sum += nrs_quantised_part(q, t, i, output, x);
    return sum;
}

int64_t nrs_quantised_mlogit(const struct nrs_quantised *q, unsigned output, int64_t sum)
{
    return sum * q->scale_q31[output] / (INT64_C(1) << 31);
}
