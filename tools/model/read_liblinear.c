/* LIBLINEAR's model file (linear.cpp, save_model), versions 1.9 to 2.50:
 *
 *   file = "solver_type" NAME LF "nr_class" INT LF [ "label" *INT LF ] "nr_feature" INT LF "bias" NUM LF
 *          [ "rho" NUM LF ] "w" LF rows
 *   rows = nr_feature lines of weights, and one more with bias >= 0: the last feature is the number `bias`
 *          itself
 *
 * A line has one weight, or nr_class of them with more than two classes or MCSVM_CS. One weight: a positive
 * sum means label[0], the label that came first in the training file, whichever number it is. Support vector
 * regression has no labels. ONECLASS_SVM subtracts rho; a positive sum means that the row is like the
 * training data. */
#include <string.h>

#include "models/base/error.h"
#include "tools/model/readers.h"
#include "tools/model/words.h"

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
    struct nrs_words text;
    const struct solver *solver;
    uint32_t n_classes, n_features;
    double bias, rho;
};

static const struct solver {
    const char *name;
    enum { CLASSES, ALWAYS_A_ROW_A_CLASS, REGRESSION, ONE_CLASS } kind;
} solvers[] = {{"L2R_LR", CLASSES}, {"L2R_L2LOSS_SVC_DUAL", CLASSES}, {"L2R_L2LOSS_SVC", CLASSES},
               {"L2R_L1LOSS_SVC_DUAL", CLASSES}, {"MCSVM_CS", ALWAYS_A_ROW_A_CLASS},
               {"L1R_L2LOSS_SVC", CLASSES}, {"L1R_LR", CLASSES}, {"L2R_LR_DUAL", CLASSES},
               {"L2R_L2LOSS_SVR", REGRESSION},
               {"L2R_L2LOSS_SVR_DUAL", REGRESSION}, {"L2R_L1LOSS_SVR_DUAL", REGRESSION},
               {"ONECLASS_SVM", ONE_CLASS}};

static int refuse(struct reading *r, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: %s", r->text.line, what);
}

/* A line that begins with key; what follows it is left in *line. */
static int read_key(struct reading *r, const char *key, struct nrs_span *line)
{
    struct nrs_span word;

    if (!nrs_words_line(&r->text, line) || !nrs_line_word(line, &word) || !nrs_span_is(word, key))
        return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: not \"%s\"", r->text.line, key);
    return 0;
}

static int read_whole(struct reading *r, const char *key, uint32_t max, uint32_t *out)
{
    struct nrs_span line, word;
    int rc = read_key(r, key, &line);

    if (rc == 0 && (!nrs_line_word(&line, &word) || !nrs_span_whole(word, max, out) || !nrs_line_ends(line)))
        rc = nrs_why(r->why, NRS_ERR_RANGE, "line %u: %s is not a number of 0 to %u", r->text.line, key,
                     max);
    return rc;
}

static int read_number(struct reading *r, const char *key, double *out)
{
    struct nrs_span line, word;
    int rc = read_key(r, key, &line);

    if (rc == 0 && (!nrs_line_word(&line, &word) || !nrs_span_number(word, out) || !nrs_line_ends(line)))
        rc = refuse(r, "not one number");
    return rc;
}

static int read_solver(struct reading *r)
{
    struct nrs_span line, word;
    int rc = read_key(r, "solver_type", &line);

    if (rc)
        return rc;
    (void)nrs_line_word(&line, &word);
    for (size_t i = 0; i < sizeof solvers / sizeof solvers[0]; i++)
        if (nrs_span_is(word, solvers[i].name) && nrs_line_ends(line)) {
            r->solver = &solvers[i];
            return 0;
        }
    return refuse(r, "not a solver of LIBLINEAR");
}

/* One row: the second label is that of a positive sum, here the first of the file. */
static int read_labels(struct reading *r)
{
    struct nrs_span line, word, first = {NULL, NULL};
    bool one_row = r->l->n_rows == 1;
    int rc = read_key(r, "label", &line);

    for (uint32_t i = 0; rc == 0 && i < r->n_classes; i++) {
        if (!nrs_line_word(&line, &word))
            return refuse(r, "fewer labels than classes");
        if (one_row && i == 0)
            first = word;
        else
            rc = nrs_linear_label(r->l, word.at, (size_t)(word.end - word.at), r->why);
    }
    if (rc == 0 && one_row)
        rc = nrs_linear_label(r->l, first.at, (size_t)(first.end - first.at), r->why);
    return rc || nrs_line_ends(line) ? rc : refuse(r, "more labels than classes");
}

static int name_sides(struct reading *r)
{
    int rc = nrs_linear_label(r->l, "outlier", 7, r->why);

    return rc ? rc : nrs_linear_label(r->l, "inlier", 6, r->why);
}

static int read_head(struct reading *r)
{
    struct nrs_span line;
    bool rows = false;
    int rc = read_solver(r);

    if (rc == 0)
        rc = read_whole(r, "nr_class", NRS_MODEL_OUTPUTS_MAX, &r->n_classes);
    if (rc == 0 && r->n_classes != 2 && (r->n_classes < 2 || r->solver->kind >= REGRESSION))
        rc = refuse(r, "not a number of classes that this solver has");
    if (rc == 0) {
        rows = r->n_classes > 2 || r->solver->kind == ALWAYS_A_ROW_A_CLASS;
        rc = nrs_linear_alloc(r->l, rows ? r->n_classes : 1, r->why);
    }
    if (rc == 0 && r->solver->kind < REGRESSION)
        rc = read_labels(r);
    else if (rc == 0 && r->solver->kind == ONE_CLASS)
        rc = name_sides(r);
    if (rc == 0)
        rc = read_whole(r, "nr_feature", r->l->columns->n, &r->n_features);
    if (rc == 0)
        rc = read_number(r, "bias", &r->bias);
    if (rc == 0 && r->solver->kind == ONE_CLASS)
        rc = read_number(r, "rho", &r->rho);
    if (rc == 0)
        rc = read_key(r, "w", &line);
    return rc || nrs_line_ends(line) ? rc : refuse(r, "not \"w\" alone");
}

/* The weights of one column, or those of the bias. */
static int read_row(struct reading *r, uint32_t column)
{
    struct nrs_span line, word;
    double w;

    if (!nrs_words_line(&r->text, &line))
        return refuse(r, "cut off after this line");
    for (unsigned c = 0; c < r->l->n_rows; c++) {
        if (!nrs_line_word(&line, &word) || !nrs_span_number(word, &w))
            return refuse(r, "not a weight for each class");
        if (column < r->n_features)
            r->l->weights[c * r->l->columns->n + column] = w;
        else
            r->l->bias[c] = w * r->bias;
    }
    return nrs_line_ends(line) ? 0 : refuse(r, "more weights than classes");
}

int nrs_read_liblinear(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    struct reading r = {.l = l, .why = why, .text = {.left = {file, file + len}}};
    int rc = read_head(&r);

    for (uint32_t i = 0; rc == 0 && i < r.n_features + (r.bias >= 0); i++)
        rc = read_row(&r, i);
    if (rc == 0 && r.solver->kind == ONE_CLASS)
        l->bias[0] -= r.rho;
    return rc || nrs_words_ends(&r.text) ? rc : refuse(&r, "followed by more than its features");
}
