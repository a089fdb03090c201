#include "tools/model/arow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/decide.h"

#define WEIGHT_MAX 127
#define MOVED      1e-9 /* logits: less is not a move */

/* What a picked weight is multiplied by at most: its variance is in units of that. */
static double largest_factor(const struct nrs_arow *a, const struct nrs_trained_term *term)
{
    return term->type == NRS_TERM_LINEAR ? a->now.schema->features[term->a].max : 1;
}

static int init_variance(struct nrs_arow *a, unsigned i)
{
    const struct nrs_trained_term *term = &a->now.term[i];
    unsigned cells = nrs_trained_cells(term);
    double factor = largest_factor(a, term);

    a->variance[i] = malloc(cells * sizeof a->variance[i][0]);
    if (a->variance[i] == NULL)
        return NRS_ERR_SPACE;
    for (unsigned c = 0; c < cells; c++)
        a->variance[i][c] = 1 / (factor * factor);
    return 0;
}

int nrs_arow_init(struct nrs_arow *a, const struct nrs_model *start, unsigned quanta, double r)
{
    int rc;

    *a = (struct nrs_arow){.start = start, .quanta = quanta, .r = r};
    if (start->n_outputs != 1)
        return NRS_ERR_UNSUPPORTED;
    rc = nrs_reopen(&a->now, &a->rounded, start);
    for (unsigned i = 0; rc == 0 && i < start->n_terms; i++)
        rc = start->term[i].type == NRS_TERM_GRAMS ? NRS_ERR_UNSUPPORTED : init_variance(a, i);
    return rc;
}

void nrs_arow_done(struct nrs_arow *a)
{
    for (unsigned i = 0; i < NRS_MODEL_TERMS_MAX; i++)
        free(a->variance[i]);
    nrs_trained_done(&a->now);
    nrs_quantised_done(&a->rounded);
}

static unsigned cell_of(const struct nrs_arow *a, unsigned term, const uint16_t *x)
{
    uint16_t cell[NRS_GRAMS_MAX];

    nrs_trained_pick(&a->now, &a->now.term[term], x, cell);
    return cell[0];
}

static double factor_of(const struct nrs_arow *a, unsigned term, const uint16_t *x)
{
    const struct nrs_trained_term *t = &a->now.term[term];

    return t->type == NRS_TERM_LINEAR ? x[t->a] : 1;
}

static double uncertainty(const struct nrs_arow *a, const uint16_t *x)
{
    double sum = 0;

    for (unsigned i = 0; i < a->now.n_terms; i++) {
        double factor = factor_of(a, i, x);

        sum += a->variance[i][cell_of(a, i, x)] * factor * factor;
    }
    return sum;
}

/* The weight within its box: `quanta` steps around its start, and what an int8 holds. */
static double boxed(const struct nrs_arow *a, unsigned term, unsigned cell, double weight)
{
    double quantum = nrs_reopen_quantum(&a->rounded, term, 0);
    int start = a->start->term[term].weights[cell], quanta = (int)a->quanta;
    int low = start - quanta < -WEIGHT_MAX ? -WEIGHT_MAX : start - quanta;
    int high = start + quanta > WEIGHT_MAX ? WEIGHT_MAX : start + quanta;

    return fmin(fmax(weight, low * quantum), high * quantum);
}

bool nrs_arow_learn(struct nrs_arow *a, const uint16_t *x, bool flagged, double margin)
{
    double y = flagged ? 1 : -1, threshold = a->now.threshold[nrs_decide_threshold(a->now.schema, x)];
    double lack = margin - y * (nrs_trained_score(&a->now, 0, x) - threshold), beta;
    bool moved = false;

    if (lack <= 0)
        return false;
    beta = 1 / (uncertainty(a, x) + a->r);
    for (unsigned i = 0; i < a->now.n_terms; i++) {
        unsigned cell = cell_of(a, i, x);
        double *weight = &a->now.term[i].weights[cell], *variance = &a->variance[i][cell], before = *weight;
        double used = *variance * factor_of(a, i, x);

        *weight = boxed(a, i, cell, before + lack * beta * y * used);
        *variance -= beta * used * used;
        moved |= fabs(*weight - before) * largest_factor(a, &a->now.term[i]) > MOVED;
    }
    return moved;
}

double nrs_arow_round(struct nrs_arow *a)
{
    double all = 0;

    for (unsigned i = 0; i < a->now.n_terms; i++) {
        const struct nrs_trained_term *term = &a->now.term[i];
        double quantum = nrs_reopen_quantum(&a->rounded, i, 0), most = 0;

        for (unsigned c = 0; c < nrs_trained_cells(term); c++) {
            double steps = nearbyint(term->weights[c] / quantum);

            a->rounded.term[i].weights[c] = (int8_t)steps;
            most = fmax(most, fabs(steps * quantum - term->weights[c]));
        }
        all += 1000 * most * largest_factor(a, term);
    }
    return all;
}

void nrs_arow_reach(const struct nrs_arow *a, double *low, double *high)
{
    *low = *high = 0;
    for (unsigned i = 0; i < a->now.n_terms; i++) {
        const struct nrs_trained_term *term = &a->now.term[i];
        double quantum = 1000 * nrs_reopen_quantum(&a->rounded, i, 0) * largest_factor(a, term);
        int least = term->type == NRS_TERM_LINEAR ? 0 : INT8_MAX,
            most = term->type == NRS_TERM_LINEAR ? 0 : INT8_MIN;

        for (unsigned c = 0; c < nrs_trained_cells(term); c++) {
            int steps = a->rounded.term[i].weights[c] - a->start->term[i].weights[c];

            least = steps < least ? steps : least;
            most = steps > most ? steps : most;
        }
        *low += least * quantum;
        *high += most * quantum;
    }
}
