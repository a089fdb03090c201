#include "tools/model/linear.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "models/kinds.h"

void nrs_linear_init(struct nrs_linear *l, const struct nrs_columns *columns)
{
    memset(l, 0, sizeof *l);
    l->columns = columns;
}

void nrs_linear_done(struct nrs_linear *l)
{
    free(l->weights);
    memset(l, 0, sizeof *l);
}

int nrs_linear_alloc(struct nrs_linear *l, unsigned n_rows, struct nrs_why *why)
{
    if (n_rows < 1 || n_rows > NRS_MODEL_OUTPUTS_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "%u classes: 1 to %u can be held", n_rows,
                       NRS_MODEL_OUTPUTS_MAX);
    l->weights = calloc((size_t)n_rows * l->columns->n, sizeof *l->weights);
    if (l->weights == NULL)
        return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    l->n_rows = n_rows;
    return 0;
}

int nrs_linear_label(struct nrs_linear *l, const char *text, size_t len, struct nrs_why *why)
{
    if (l->n_labels == NRS_MODEL_OUTPUTS_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "labels: more than %u", NRS_MODEL_OUTPUTS_MAX);
    if (len < 1 || len > NRS_MODEL_NAME_MAX)
        return nrs_why(why, NRS_ERR_RANGE, "label %u: not 1 to 31 characters", l->n_labels + 1);
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
            return nrs_why(why, NRS_ERR_RANGE, "label %u: not of printable characters",
                           l->n_labels + 1);
    for (unsigned i = 0; i < l->n_labels; i++)
        if (strlen(l->label[i]) == len && memcmp(l->label[i], text, len) == 0)
            return nrs_why(why, NRS_ERR_RANGE, "label %u: the same as label %u", l->n_labels + 1,
                           i + 1);
    memcpy(l->label[l->n_labels], text, len);
    l->label[l->n_labels++][len] = '\0';
    return 0;
}

void nrs_linear_fold(struct nrs_linear *l, const double *mul, const double *add)
{
    for (unsigned r = 0; r < l->n_rows; r++)
        for (unsigned c = 0; c < l->columns->n; c++) {
            double *w = &l->weights[r * l->columns->n + c];

            l->bias[r] += *w * add[c];
            *w *= mul[c];
        }
}

static int take_labels(struct nrs_linear *l, const char *labels, struct nrs_why *why)
{
    int rc = 0;

    if (l->n_rows == 1 && l->n_labels) /* their order in the file is not that of the sum's sign */
        return nrs_why(why, NRS_ERR_FORMAT, "--labels: the file names its two classes: %s and %s",
                       l->label[0], l->label[1]);
    l->n_labels = 0;
    for (const char *at = labels, *end = labels; rc == 0 && *end; at = end + 1) {
        end = strchr(at, ',');
        if (end == NULL)
            end = at + strlen(at);
        rc = nrs_linear_label(l, at, (size_t)(end - at), why);
    }
    return rc;
}

/* Rows that nobody named are "0", "1", ...: their index. */
static int check_labels(struct nrs_linear *l, const struct nrs_linear_choice *choice, struct nrs_why *why)
{
    unsigned n = l->n_rows == 1 ? 2 : l->n_rows;
    int rc = choice->labels ? take_labels(l, choice->labels, why) : 0;

    for (unsigned i = 0; rc == 0 && l->n_rows > 1 && l->n_labels == i && i < n; i++) {
        char text[12];

        rc = nrs_linear_label(l, text, (size_t)snprintf(text, sizeof text, "%u", i), why);
    }
    if (rc == 0 && l->n_labels != 0 && l->n_labels != n)
        rc = nrs_why(why, NRS_ERR_FORMAT, "%u labels for %u classes", l->n_labels, n);
    return rc;
}

static bool usual_pair(const struct nrs_linear *l, const char *other, const char *flagged)
{
    static const char *const pairs[][2] = {{"0", "1"}, {"-1", "1"}, {"false", "true"}, {"False", "True"}};

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(other, pairs[i][0]) == 0 && strcmp(flagged, pairs[i][1]) == 0)
            return true;
    return strcmp(flagged, l->columns->schema->name) == 0;
}

/* Which of two labels is the flagged one. */
static int find_flagged(const struct nrs_linear *l, const char *flagged, unsigned *index,
                        struct nrs_why *why)
{
    for (unsigned i = 0; i < 2; i++)
        if (flagged ? strcmp(l->label[i], flagged) == 0 : usual_pair(l, l->label[1 - i], l->label[i])) {
            *index = i;
            return 0;
        }
    return nrs_why(why, NRS_ERR_FORMAT, "labels %s and %s: %s", l->label[0], l->label[1],
                   flagged ? "neither is the one given with --flagged"
                                : "name the flagged one with --flagged");
}

/* Two classes as one row, positive for the flagged one. */
static int join_classes(struct nrs_linear *l, const char *flagged, struct nrs_why *why)
{
    unsigned n = l->columns->n, at = 1;
    int rc = 0;

    if (l->n_rows > 2)
        return nrs_why(why, NRS_ERR_LIMIT, "%u classes: a %s model tells two apart", l->n_rows,
                       l->columns->schema->name);
    if (l->n_labels)
        rc = find_flagged(l, flagged, &at, why);
    else if (flagged)
        rc = nrs_why(why, NRS_ERR_FORMAT,
                     "no labels in it: a positive sum means flagged, --flagged cannot choose");
    if (rc)
        return rc;
    if (l->n_rows == 2) {
        for (unsigned c = 0; c < n; c++)
            l->weights[c] = l->weights[at * n + c] - l->weights[(1 - at) * n + c];
        l->bias[0] = l->bias[at] - l->bias[1 - at];
        l->n_rows = 1;
    } else if (at == 0) {
        for (unsigned c = 0; c < n; c++)
            l->weights[c] = -l->weights[c];
        l->bias[0] = -l->bias[0];
        l->sigmoid.b = -l->sigmoid.b; /* 1 - s(a z + b) = s(a (-z) - b) */
    }
    return 0;
}

/* The chance that the trainer fitted becomes the calibration table. */
static int calibrate(const struct nrs_linear *l, struct nrs_trained *t, struct nrs_why *why)
{
    const double widest = 5, apart = 0.002; /* logits: chances of 0.7 to 99.3 percent;
                                               points that stay two in the file */

    if (!(l->sigmoid.a < 0) || !isfinite(l->sigmoid.a) || !isfinite(l->sigmoid.b))
        return nrs_why(why, NRS_ERR_RANGE, "calibration: the chance does not rise with the sum");
    for (unsigned i = 0; i < NRS_MODEL_POINTS_MAX; i++) {
        double logit = widest * (2.0 * i / (NRS_MODEL_POINTS_MAX - 1) - 1);
        double score = (logit + l->sigmoid.b) / -l->sigmoid.a;

        if (t->n_points > 0 && score < t->point[t->n_points - 1].score + apart)
            continue;
        t->point[t->n_points].score = score;
        t->point[t->n_points++].percent = 100 / (1 + exp(-logit));
    }
    return 0;
}

/* A term whose weights are all zero is left out. */
static int add_term(const struct nrs_linear *l, unsigned i, unsigned first_output, struct nrs_trained *t,
                    struct nrs_why *why)
{
    const struct nrs_columns *c = l->columns;
    unsigned cells = nrs_columns_cells(&c->term[i]);
    struct nrs_trained_term *to = &t->term[t->n_terms];
    bool used = false;

    nrs_trained_shape(to, &c->term[i]);
    if (nrs_trained_table(t, to) != 0)
        return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    for (unsigned r = 0; r < l->n_rows; r++)
        for (unsigned k = 0; k < cells; k++) {
            double w = l->weights[r * c->n + c->first[i] + k];

            to->weights[(first_output + r) * cells + k] = w;
            used = used || w != 0;
        }
    if (used) {
        t->n_terms++;
        return 0;
    }
    free(to->weights);
    to->weights = NULL;
    return 0;
}

int nrs_linear_to_trained(struct nrs_linear *l, const struct nrs_linear_choice *choice, struct nrs_trained *t,
                          struct nrs_why *why)
{
    bool one_output = nrs_kind(t->schema->kind)->n_outputs == 1;
    int rc = check_labels(l, choice, why);
    unsigned first; /* output of the first row: a sum of two classes is that of the second, the first has 0 */

    if (choice->mul)
        nrs_linear_fold(l, choice->mul, choice->add);
    if (rc == 0 && one_output)
        rc = join_classes(l, choice->flagged, why);
    else if (rc == 0 && l->n_labels == 0)
        rc = nrs_why(why, NRS_ERR_FORMAT, "no labels in it: name the classes with --labels");
    if (rc == 0 && l->sigmoid.given)
        rc = calibrate(l, t, why);
    if (rc)
        return rc;
    t->n_outputs = one_output ? 1 : l->n_labels;
    first = t->n_outputs - l->n_rows;
    for (unsigned o = 0; o < t->n_outputs; o++)
        strcpy(t->output_name[o], one_output ? t->schema->name : l->label[o]);
    memcpy(t->bias + first, l->bias, l->n_rows * sizeof *l->bias);
    for (unsigned i = 0; rc == 0 && i < l->columns->n_terms; i++)
        rc = add_term(l, i, first, t, why);
    if (rc == 0 && t->n_terms == 0)
        rc = nrs_why(why, NRS_ERR_RANGE, "every weight is zero");
    return rc;
}

void nrs_linear_join_mirrored(struct nrs_linear *l)
{
    unsigned n = l->columns->n;

    if (l->n_rows != 2 || l->bias[0] != -l->bias[1])
        return;
    for (unsigned c = 0; c < n; c++)
        if (l->weights[c] != -l->weights[n + c])
            return;
    memcpy(l->weights, l->weights + n, n * sizeof *l->weights);
    l->bias[0] = l->bias[1];
    l->n_rows = 1;
}
