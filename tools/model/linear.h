/* tools/model/linear.h - a linear classifier over columns, as trainers elsewhere write it: what most
 * readers fill
 *
 * Several rows: one sum a class, the greatest wins. One row: one sum of two classes; a positive one means
 * the second label. A regression is one row without labels: a positive sum means flagged.
 *
 * Memory: init, a reader that calls alloc, and done in any case. */
#ifndef NRS_TOOL_LINEAR_H
#define NRS_TOOL_LINEAR_H
#include <stdbool.h>

#include "tools/model/columns.h"
#include "tools/model/trained.h"

struct nrs_linear {
    const struct nrs_columns *columns;
    unsigned n_rows;   /* 1..32 */
    unsigned n_labels; /* 0: the file has none; otherwise n_rows, or 2 for one row */
    char label[NRS_MODEL_OUTPUTS_MAX][NRS_MODEL_NAME_MAX + 1];
    double bias[NRS_MODEL_OUTPUTS_MAX];
    double *weights; /* [row][column] */
    struct {
        bool given;
        double a, b; /* chance of the second label, one row: 1 / (1 + exp(a * sum + b)) */
    } sigmoid;
};

/* What the file cannot say, from the command line; NULL = not given. */
struct nrs_linear_choice {
    const char *flagged;     /* the label that means flagged; NULL: see nrs_linear_to_trained */
    const char *labels;      /* comma-separated, in place of the file's */
    const double *mul, *add; /* [columns]: the trainer was given x * mul + add */
    const double *threshold; /* [NRS_MODEL_THRESHOLDS], logits; NULL: 0 */
};

void nrs_linear_init(struct nrs_linear *l, const struct nrs_columns *columns);
void nrs_linear_done(struct nrs_linear *l);

/* Sets the number of rows and gives zeroed weights; refuses 0 and more than 32. */
int nrs_linear_alloc(struct nrs_linear *l, unsigned n_rows, struct nrs_why *why);

/* Adds a label; refuses what is not 1 to 31 printable characters, or is there already. */
int nrs_linear_label(struct nrs_linear *l, const char *text, size_t len, struct nrs_why *why);

/* The trainer saw x * mul + add in place of every column x: folds both, [columns->n], into weights and
 * bias. */
void nrs_linear_fold(struct nrs_linear *l, const double *mul, const double *add);

/* Makes one row of two that are each other's negative; leaves everything else as it is. */
void nrs_linear_join_mirrored(struct nrs_linear *l);

/* As terms of the schema. A schema of one output (beacon) takes two classes: their difference, positive for
 * the flagged label, which is the choice's or else the 1 of 0/1 and -1/1, the true of false/true, or the
 * schema's name. Other schemas get one output a class. t: initialised for the columns' schema. */
int nrs_linear_to_trained(struct nrs_linear *l, const struct nrs_linear_choice *choice, struct nrs_trained *t,
                          struct nrs_why *why);

#endif
