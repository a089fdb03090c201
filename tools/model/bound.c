#include "tools/model/bound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"

#define WALK_MAX   50000 /* combinations of hub values tried in one group */
#define VALUES_MAX (2 + 4 * NRS_MODEL_CUTS_MAX * NRS_MODEL_TERMS_MAX)

struct search {
    const struct nrs_trained *t;
    const struct nrs_quantised *q;
    unsigned output;
    double sign;                        /* +1 looks for the greatest difference, -1 for the least */
    uint16_t *values[NRS_FEATURES_MAX]; /* of each feature: where a piece of the difference begins or ends */
    unsigned n_values[NRS_FEATURES_MAX];
    uint8_t group[NRS_FEATURES_MAX]; /* features joined by crosses share the number of the first */
    bool hub[NRS_FEATURES_MAX];
    uint16_t x[NRS_VECTOR_MAX]; /* the vector being tried */
    uint16_t best[NRS_VECTOR_MAX];
    double best_gain;                    /* of the group being walked */
    unsigned terms[NRS_MODEL_TERMS_MAX]; /* of the group being walked */
    unsigned n_terms;
};

static double difference(const struct search *s, unsigned term)
{
    double units = (double)nrs_quantised_part(s->q, s->t, term, s->output, s->x);

    return s->sign * (units * nrs_quantised_unit(s->q, s->output) -
                      1000 * nrs_trained_part(s->t, &s->t->term[term], s->output, s->x));
}

static int ascending(const void *left, const void *right)
{
    return *(const uint16_t *)left - *(const uint16_t *)right;
}

static unsigned add_edges(uint16_t *values, unsigned n, const uint16_t *cuts, unsigned n_cuts)
{
    for (unsigned i = 0; i < n_cuts; i++) {
        values[n++] = (uint16_t)(cuts[i] - 1);
        values[n++] = cuts[i];
    }
    return n;
}

static int list_values(struct search *s, unsigned feature)
{
    static uint16_t all[VALUES_MAX];
    unsigned n = 0, kept = 0;

    all[n++] = 0;
    all[n++] = s->t->schema->features[feature].max;
    for (unsigned i = 0; i < s->t->n_terms; i++) {
        const struct nrs_trained_term *term = &s->t->term[i];

        if (term->a == feature)
            n = add_edges(all, n, term->cuts_a, term->n_cuts_a);
        if (term->b == feature)
            n = add_edges(all, n, term->cuts_b, term->n_cuts_b);
    }
    qsort(all, n, sizeof all[0], ascending);
    for (unsigned i = 0; i < n; i++)
        if (kept == 0 || all[i] != all[kept - 1])
            all[kept++] = all[i];
    s->n_values[feature] = kept;
    s->values[feature] = malloc(kept * sizeof all[0]);
    if (s->values[feature] == NULL)
        return NRS_ERR_SPACE;
    memcpy(s->values[feature], all, kept * sizeof all[0]);
    return 0;
}

static void join_groups(struct search *s)
{
    for (unsigned f = 0; f < s->t->schema->n_features; f++)
        s->group[f] = (uint8_t)f;
    for (unsigned i = 0; i < s->t->n_terms; i++) {
        uint8_t a = s->group[s->t->term[i].a], b = s->group[s->t->term[i].b];

        for (unsigned f = 0; f < s->t->schema->n_features; f++)
            if (s->group[f] == (a < b ? b : a))
                s->group[f] = a < b ? a : b;
    }
}

/* Until every cross has a hub: the feature with most crosses that have none. */
static void choose_hubs(struct search *s)
{
    for (;;) {
        unsigned open[NRS_FEATURES_MAX] = {0}, most = 0;

        for (unsigned i = 0; i < s->t->n_terms; i++) {
            const struct nrs_trained_term *term = &s->t->term[i];

            if (term->type == NRS_TERM_CROSS && !s->hub[term->a] && !s->hub[term->b]) {
                open[term->a]++;
                open[term->b]++;
            }
        }
        for (unsigned f = 1; f < s->t->schema->n_features; f++)
            if (open[f] > open[most])
                most = f;
        if (open[most] == 0)
            return;
        s->hub[most] = true;
    }
}

/* Sets x[feature] to its best value; right when all that it is crossed with is set. */
static void decide(struct search *s, unsigned feature)
{
    double best_gain = -HUGE_VAL;
    uint16_t best = 0;

    for (unsigned v = 0; v < s->n_values[feature]; v++) {
        double gain = 0;

        s->x[feature] = s->values[feature][v];
        for (unsigned i = 0; i < s->n_terms; i++)
            if (s->t->term[s->terms[i]].a == feature || s->t->term[s->terms[i]].b == feature)
                gain += difference(s, s->terms[i]);
        if (gain > best_gain) {
            best_gain = gain;
            best = s->x[feature];
        }
    }
    s->x[feature] = best;
}

/* Walks through the hubs of a group from feature `from` on. */
static void walk(struct search *s, unsigned group, unsigned from)
{
    unsigned n = s->t->schema->n_features;
    double gain = 0;

    while (from < n && !(s->hub[from] && s->group[from] == group))
        from++;
    if (from < n) {
        for (unsigned v = 0; v < s->n_values[from]; v++) {
            s->x[from] = s->values[from][v];
            walk(s, group, from + 1);
        }
        return;
    }
    for (unsigned f = 0; f < n; f++)
        if (s->group[f] == group && !s->hub[f])
            decide(s, f);
    for (unsigned i = 0; i < s->n_terms; i++)
        gain += difference(s, s->terms[i]);
    if (gain > s->best_gain) {
        s->best_gain = gain;
        memcpy(s->best, s->x, sizeof s->best);
    }
}

static bool small_enough(const struct search *s, unsigned group)
{
    double combinations = 1;

    for (unsigned f = 0; f < s->t->schema->n_features; f++)
        if (s->hub[f] && s->group[f] == group)
            combinations *= s->n_values[f];
    return combinations <= WALK_MAX;
}

/* The greatest difference of one term whatever the others do. */
static double alone(struct search *s, unsigned term)
{
    const struct nrs_trained_term *shape = &s->t->term[term];
    double greatest = -HUGE_VAL;

    for (unsigned a = 0; a < s->n_values[shape->a]; a++)
        for (unsigned b = 0; b < (shape->type == NRS_TERM_CROSS ? s->n_values[shape->b] : 1); b++) {
            s->x[shape->b] = s->values[shape->b][b];
            s->x[shape->a] = s->values[shape->a][a];
            greatest = fmax(greatest, difference(s, term));
        }
    return greatest;
}

static int descending(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;

    return (l < r) - (l > r);
}

/* Of a term of n-grams: the sum of the greatest differences of as many buckets as one vector can hit. */
static double grams_extreme(const struct search *s, unsigned term)
{
    static double off[1 << NRS_MODEL_GRAM_BITS_MAX];
    const struct nrs_trained_term *shape = &s->t->term[term];
    unsigned cells = nrs_trained_cells(shape), most = nrs_trained_most(shape);
    const double *trained = shape->weights + s->output * cells;
    const int8_t *rounded = s->q->term[term].weights + s->output * cells;
    double unit = ldexp(nrs_quantised_unit(s->q, s->output), s->q->term[term].shift[s->output]), sum = 0;

    for (unsigned i = 0; i < cells; i++)
        off[i] = s->sign * (rounded[i] * unit - 1000 * trained[i]);
    qsort(off, cells, sizeof off[0], descending);
    for (unsigned i = 0; i < most && off[i] > 0; i++)
        sum += off[i];
    return sum;
}

static double group_extreme(struct search *s, unsigned group, bool *attained)
{
    double safe = 0;

    s->n_terms = 0;
    for (unsigned i = 0; i < s->t->n_terms; i++)
        if (s->group[s->t->term[i].a] == group && s->t->term[i].type != NRS_TERM_GRAMS)
            s->terms[s->n_terms++] = i;
    s->best_gain = -HUGE_VAL;
    if (small_enough(s, group)) {
        walk(s, group, 0);
        memcpy(s->x, s->best, sizeof s->x);
        return s->best_gain;
    }
    *attained = false;
    for (unsigned i = 0; i < s->n_terms; i++)
        safe += alone(s, s->terms[i]);
    return safe;
}

static double extreme(struct search *s, double sign, uint16_t *at, bool *attained)
{
    double bias = s->q->bias[s->output] * nrs_quantised_unit(s->q, s->output) - 1000 * s->t->bias[s->output];
    double sum = sign * bias;

    s->sign = sign;
    memset(s->x, 0, sizeof s->x);
    for (unsigned i = s->t->schema->n_features; i < nrs_schema_vector(s->t->schema); i++)
        s->x[i] = NRS_BYTE_ABSENT;
    memcpy(s->best, s->x, sizeof s->best);
    for (unsigned i = 0; i < s->t->n_terms; i++)
        if (s->t->term[i].type == NRS_TERM_GRAMS) {
            sum += grams_extreme(s, i);
            *attained = false;
        }
    for (unsigned group = 0; group < s->t->schema->n_features; group++)
        if (s->group[group] == group)
            sum += group_extreme(s, group, attained);
    memcpy(at, s->x, sizeof s->x);
    return sign * sum;
}

int nrs_bound_find(struct nrs_bound *b, const struct nrs_trained *t, const struct nrs_quantised *q,
                   unsigned output)
{
    struct search s = {.t = t, .q = q, .output = output};
    int rc = 0;

    for (unsigned f = 0; rc == 0 && f < t->schema->n_features; f++)
        rc = list_values(&s, f);
    if (rc == 0) {
        join_groups(&s);
        choose_hubs(&s);
        b->attained = true;
        b->high = extreme(&s, 1, b->at_high, &b->attained);
        b->low = extreme(&s, -1, b->at_low, &b->attained);
    }
    for (unsigned f = 0; f < t->schema->n_features; f++)
        free(s.values[f]);
    return rc;
}

int32_t nrs_bound_mlogit(const struct nrs_bound *b)
{
    double larger = fmax(fabs(b->low), fabs(b->high));

    return (int32_t)ceil(larger + 1 + 1e-6 * larger); /* the last: what double arithmetic itself may be off */
}
