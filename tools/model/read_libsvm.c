/* LIBSVM's model file (svm.cpp, svm_save_model), version 3, linear kernel and two classes:
 *
 *   file = "svm_type" TYPE LF "kernel_type linear" LF "nr_class 2" LF "total_sv" L LF "rho" NUM LF
 *          [ "label" INT INT LF ] [ "probA" NUM LF "probB" NUM LF ] [ "prob_density_marks" 10*NUM LF ]
 *          [ "nr_sv" INT INT LF ] "SV" LF L lines
 *   line = coefficient *( SP index ":" value )      indices from 1, ascending; what is left out is 0
 *
 * The sum of coefficient * vector is the weight vector, which is all that a linear kernel needs; minus rho. A
 * positive sum means label[0], the label that came first in the training file; its chance is 1 / (1 +
 * exp(probA * sum + probB)). Three and more classes vote one against one, which no sums of one class each can
 * tell. */
#include <string.h>

#include "models/base/error.h"
#include "tools/model/readers.h"
#include "tools/model/words.h"

#define VECTORS_MAX 10000000

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
    struct nrs_words text;
    uint32_t n_vectors;
    bool has_classes, one_class;
    bool has_a, has_b;
};

static int refuse(struct reading *r, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: %s", r->text.line, what);
}

static int read_type(struct reading *r, struct nrs_span value)
{
    r->has_classes = nrs_span_is(value, "c_svc") || nrs_span_is(value, "nu_svc");
    r->one_class = nrs_span_is(value, "one_class");
    if (r->has_classes || r->one_class || nrs_span_is(value, "epsilon_svr") || nrs_span_is(value, "nu_svr"))
        return 0;
    return refuse(r, "svm_type is none of LIBSVM's");
}

static int read_kernel(struct reading *r, struct nrs_span value)
{
    return nrs_span_is(value, "linear") ? 0 : refuse(r, "kernel_type is not linear: train with -t 0");
}

static int read_classes(struct reading *r, struct nrs_span value)
{
    if (nrs_span_is(value, "2"))
        return 0;
    return refuse(r, "nr_class is not 2: votes of one against one are no sums a class; train with LIBLINEAR");
}

static int read_total(struct reading *r, struct nrs_span value)
{
    return nrs_span_whole(value, VECTORS_MAX, &r->n_vectors) ? 0 : refuse(r, "total_sv is not a count");
}

static int read_rho(struct reading *r, struct nrs_span value)
{
    double rho;

    if (!nrs_span_number(value, &rho))
        return refuse(r, "rho is not a number");
    r->l->bias[0] = -rho;
    return 0;
}

static int read_prob_a(struct reading *r, struct nrs_span value)
{
    r->has_a = nrs_span_number(value, &r->l->sigmoid.a);
    return r->has_a ? 0 : refuse(r, "probA is not a number");
}

static int read_prob_b(struct reading *r, struct nrs_span value)
{
    r->has_b = nrs_span_number(value, &r->l->sigmoid.b);
    return r->has_b ? 0 : refuse(r, "probB is not a number");
}

static int skip_values(struct reading *r, struct nrs_span value)
{
    (void)r;
    (void)value;
    return 0;
}

/* The second label is that of a positive sum: the first of the file. */
static int read_labels(struct reading *r, struct nrs_span first, struct nrs_span second)
{
    int rc = nrs_linear_label(r->l, second.at, (size_t)(second.end - second.at), r->why);

    return rc ? rc : nrs_linear_label(r->l, first.at, (size_t)(first.end - first.at), r->why);
}

static const struct key {
    const char *name;
    unsigned n_values;
    bool needed;
    int (*read)(struct reading *, struct nrs_span);
} keys[] = {{"svm_type", 1, true, read_type},    {"kernel_type", 1, true, read_kernel},
            {"nr_class", 1, true, read_classes}, {"total_sv", 1, true, read_total},
            {"rho", 1, true, read_rho},          {"label", 2, false, NULL},
            {"probA", 1, false, read_prob_a},    {"probB", 1, false, read_prob_b},
            {"prob_density_marks", 10, false, skip_values}, {"nr_sv", 2, false, skip_values}};
#define N_KEYS (sizeof keys / sizeof keys[0])

static int read_key(struct reading *r, const struct key *key, struct nrs_span line)
{
    struct nrs_span value[10];

    for (unsigned i = 0; i < key->n_values; i++)
        if (!nrs_line_word(&line, &value[i]))
            return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: %s: fewer than %u values", r->text.line,
                           key->name, key->n_values);
    if (!nrs_line_ends(line))
        return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: %s: more than %u values", r->text.line,
                       key->name, key->n_values);
    return key->read ? key->read(r, value[0]) : read_labels(r, value[0], value[1]);
}

/* Keys come in the order of the table; optional ones may be missing. */
static int read_head(struct reading *r)
{
    struct nrs_span line, word;
    size_t at = 0;

    for (;;) {
        int rc;

        if (!nrs_words_line(&r->text, &line) || !nrs_line_word(&line, &word))
            return refuse(r, "cut off before \"SV\"");
        while (at < N_KEYS && !nrs_span_is(word, keys[at].name) && !keys[at].needed)
            at++;
        if (at == N_KEYS)
            return nrs_span_is(word, "SV") ? 0
                                           : refuse(r, "not a key of a linear model, or not in its place");
        if (!nrs_span_is(word, keys[at].name))
            return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: not \"%s\"", r->text.line, keys[at].name);
        rc = read_key(r, &keys[at++], line);
        if (rc)
            return rc;
    }
}

static int check_head(struct reading *r)
{
    int rc;

    if (r->has_classes != (r->l->n_labels == 2))
        return refuse(r, "labels do not go with svm_type");
    if (r->has_classes && r->has_a != r->has_b)
        return refuse(r, "probA without probB");
    r->l->sigmoid.given = r->has_classes && r->has_a;
    if (!r->one_class)
        return 0;
    rc = nrs_linear_label(r->l, "outlier", 7, r->why);
    return rc ? rc : nrs_linear_label(r->l, "inlier", 6, r->why);
}

static int read_vector(struct reading *r)
{
    struct nrs_span line, word, index;
    uint32_t last = 0, i;
    double coefficient, value;

    if (!nrs_words_line(&r->text, &line) || !nrs_line_word(&line, &word))
        return refuse(r, "cut off after this line");
    if (!nrs_span_number(word, &coefficient))
        return refuse(r, "not a coefficient");
    while (nrs_line_word(&line, &word)) {
        if (!nrs_span_before(&word, ':', &index) || !nrs_span_whole(index, UINT32_MAX, &i) ||
            !nrs_span_number(word, &value))
            return refuse(r, "not index:value");
        if (i <= last || i > r->l->columns->n)
            return nrs_why(r->why, NRS_ERR_RANGE, "line %u: index %u is not above %u and at most %u",
                           r->text.line, i, last, r->l->columns->n);
        r->l->weights[i - 1] += coefficient * value;
        last = i;
    }
    return 0;
}

int nrs_read_libsvm(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    struct reading r = {.l = l, .why = why, .text = {.left = {file, file + len}}};
    int rc = nrs_linear_alloc(l, 1, why);

    if (rc == 0)
        rc = read_head(&r);
    if (rc == 0)
        rc = check_head(&r);
    for (uint32_t i = 0; rc == 0 && i < r.n_vectors; i++)
        rc = read_vector(&r);
    return rc || nrs_words_ends(&r.text) ? rc : refuse(&r, "followed by more than total_sv vectors");
}
