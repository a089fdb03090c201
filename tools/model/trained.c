#include "tools/model/trained.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"

void nrs_trained_init(struct nrs_trained *t, const struct nrs_schema *schema)
{
    memset(t, 0, sizeof *t);
    t->schema = schema;
}

void nrs_trained_done(struct nrs_trained *t)
{
    for (unsigned i = 0; i < NRS_MODEL_TERMS_MAX; i++)
        free(t->term[i].weights);
    memset(t, 0, sizeof *t);
}

void nrs_trained_shape(struct nrs_trained_term *to, const struct nrs_term *from)
{
    to->type = from->type;
    to->a = from->a;
    to->b = from->b;
    to->grams = from->grams;
    to->bits = from->bits;
    to->reach = from->reach;
    to->n_cuts_a = (uint8_t)(from->n_a - 1);
    to->n_cuts_b = (uint8_t)(from->n_b - 1);
    for (unsigned i = 0; i < to->n_cuts_a; i++)
        to->cuts_a[i] = nrs_get_u16le(from->cuts_a + 2 * i);
    for (unsigned i = 0; i < to->n_cuts_b; i++)
        to->cuts_b[i] = nrs_get_u16le(from->cuts_b + 2 * i);
}

unsigned nrs_trained_cells(const struct nrs_trained_term *term)
{
    return term->type == NRS_TERM_GRAMS ? 1u << term->bits : (term->n_cuts_a + 1u) * (term->n_cuts_b + 1u);
}

int nrs_trained_table(const struct nrs_trained *t, struct nrs_trained_term *term)
{
    term->weights = calloc((size_t)t->n_outputs * nrs_trained_cells(term), sizeof *term->weights);
    return term->weights ? 0 : NRS_ERR_SPACE;
}

static int by_type_and_features(const void *left, const void *right)
{
    const struct nrs_trained_term *l = left, *r = right;

    if (l->type != r->type)
        return l->type < r->type ? -1 : 1;
    if (l->a != r->a)
        return l->a < r->a ? -1 : 1;
    return l->b < r->b ? -1 : l->b > r->b;
}

static const char *feature_name(const struct nrs_trained *t, unsigned feature)
{
    return t->schema->features[feature].name;
}

static int check_cuts(const struct nrs_trained *t, unsigned feature, const uint16_t *cuts, unsigned n,
                      struct nrs_why *why)
{
    uint16_t max = t->schema->features[feature].max;

    for (unsigned i = 0; i < n; i++) {
        if (cuts[i] == 0)
            return nrs_why(why, NRS_ERR_RANGE, "%s: cut 0 leaves the first bin empty",
                           feature_name(t, feature));
        if (i > 0 && cuts[i] <= cuts[i - 1])
            return nrs_why(why, NRS_ERR_RANGE, "%s: cuts not ascending: %u after %u",
                           feature_name(t, feature), cuts[i], cuts[i - 1]);
        if (cuts[i] > max)
            return nrs_why(why, NRS_ERR_RANGE, "%s: cut %u above the maximum %u",
                           feature_name(t, feature), cuts[i], max);
    }
    return 0;
}

static int check_grams(const struct nrs_trained *t, const struct nrs_trained_term *term,
                       struct nrs_why *why)
{
    if (term->grams == 0 || term->grams >> NRS_MODEL_GRAM_MAX != 0)
        return nrs_why(why, NRS_ERR_RANGE, "n-grams: not of 1 to %d bytes", NRS_MODEL_GRAM_MAX);
    if (term->reach < 1 || term->reach > t->schema->n_bytes)
        return nrs_why(why, NRS_ERR_RANGE, "n-grams: reach %u, the schema has %u bytes", term->reach,
                       t->schema->n_bytes);
    return 0;
}

static int check_term(const struct nrs_trained *t, const struct nrs_trained_term *term, struct nrs_why *why)
{
    size_t n = (size_t)t->n_outputs * nrs_trained_cells(term);
    int rc = check_cuts(t, term->a, term->cuts_a, term->n_cuts_a, why);

    if (rc == 0)
        rc = check_cuts(t, term->b, term->cuts_b, term->n_cuts_b, why);
    if (rc == 0 && term->type == NRS_TERM_GRAMS)
        rc = check_grams(t, term, why);
    if (rc)
        return rc;
    if (term->type == NRS_TERM_CROSS && term->a == term->b)
        return nrs_why(why, NRS_ERR_RANGE, "%s: crossed with itself", feature_name(t, term->a));
    for (size_t i = 0; i < n; i++)
        if (!isfinite(term->weights[i]))
            return nrs_why(why, NRS_ERR_RANGE, "%s: weight %zu is not a number",
                           feature_name(t, term->a), i);
    return 0;
}

static int check_points(const struct nrs_trained *t, struct nrs_why *why)
{
    for (unsigned i = 0; i < t->n_points; i++) {
        if (!(fabs(t->point[i].score) < NRS_TRAINED_LOGITS_MAX) ||
            !(t->point[i].percent >= 0 && t->point[i].percent <= 100))
            return nrs_why(why, NRS_ERR_RANGE, "calibration[%u]: not a score and a percent", i);
        if (i > 0 &&
            (t->point[i].score <= t->point[i - 1].score || t->point[i].percent < t->point[i - 1].percent))
            return nrs_why(why, NRS_ERR_RANGE, "calibration[%u]: does not ascend", i);
    }
    return 0;
}

int nrs_trained_check(struct nrs_trained *t, struct nrs_why *why)
{
    int rc = check_points(t, why);

    for (unsigned w = 0; rc == 0 && w < NRS_MODEL_THRESHOLDS; w++)
        if (fabs(t->threshold[w]) >= NRS_TRAINED_LOGITS_MAX)
            rc = nrs_why(why, NRS_ERR_RANGE, "thresholds: number %u is beyond a million", w + 1);
    for (unsigned o = 0; rc == 0 && o < t->n_outputs; o++)
        if (!isfinite(t->bias[o]))
            rc = nrs_why(why, NRS_ERR_RANGE, "bias[%u]: not a number", o);
    qsort(t->term, t->n_terms, sizeof t->term[0], by_type_and_features);
    for (unsigned i = 0; rc == 0 && i < t->n_terms; i++) {
        rc = check_term(t, &t->term[i], why);
        if (rc == 0 && i > 0 && by_type_and_features(&t->term[i - 1], &t->term[i]) == 0)
            rc = nrs_why(why, NRS_ERR_RANGE, "%s: the same term twice", feature_name(t, t->term[i].a));
    }
    return rc;
}

static unsigned bin(const uint16_t *cuts, unsigned n, uint16_t x)
{
    unsigned i = 0;

    while (i < n && x >= cuts[i])
        i++;
    return i;
}

static struct nrs_term grams_of(const struct nrs_trained_term *term)
{
    return (struct nrs_term){.type = term->type,
                             .grams = term->grams,
                             .bits = term->bits,
                             .reach = term->reach,
                             .a = term->a,
                             .b = term->b};
}

unsigned nrs_trained_most(const struct nrs_trained_term *term)
{
    struct nrs_term grams = grams_of(term);

    return term->type == NRS_TERM_GRAMS ? nrs_grams_most(&grams) : 1;
}

unsigned nrs_trained_pick(const struct nrs_trained *t, const struct nrs_trained_term *term, const uint16_t *x,
                          uint16_t cell[NRS_GRAMS_MAX])
{
    static struct nrs_model model; /* what the hash looks at: the schema */
    struct nrs_gram list[NRS_GRAMS_MAX];
    struct nrs_term grams = grams_of(term);
    unsigned n;

    if (term->type != NRS_TERM_GRAMS) {
        cell[0] = (uint16_t)(bin(term->cuts_a, term->n_cuts_a, x[term->a]) * (term->n_cuts_b + 1u) +
                             bin(term->cuts_b, term->n_cuts_b, x[term->b]));
        return 1;
    }
    model.schema = t->schema;
    n = nrs_grams_list(&model, &grams, x, list);
    for (unsigned i = 0; i < n; i++)
        cell[i] = list[i].bucket;
    return n;
}

double nrs_trained_part(const struct nrs_trained *t, const struct nrs_trained_term *term, unsigned output,
                        const uint16_t *x)
{
    const double *weights = term->weights + output * nrs_trained_cells(term);
    uint16_t cell[NRS_GRAMS_MAX];
    unsigned n = nrs_trained_pick(t, term, x, cell);
    double sum = 0;

    for (unsigned i = 0; i < n; i++)
        sum += weights[cell[i]];
    return term->type == NRS_TERM_LINEAR ? sum * x[term->a] : sum;
}

double nrs_trained_score(const struct nrs_trained *t, unsigned output, const uint16_t *x)
{
    double score = t->bias[output];

    for (unsigned i = 0; i < t->n_terms; i++)
        score += nrs_trained_part(t, &t->term[i], output, x);
    return score;
}
