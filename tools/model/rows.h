/* tools/model/rows.h - labelled feature vectors as a table that other trainers read
 *
 * CSV: `label`, the identity columns, the feature columns (columns.h), under a header line. svm (LIBSVM,
 * LIBLINEAR): a number for the class, then index:value from 1, zeroes left out; the indices are named in a
 * list of columns beside it. A row without a label has an empty one; with classes (labels.h) only rows of a
 * class are written, under the class's name or number: -1 and +1 for two classes in the order given, 0, 1, 2
 * ... otherwise. */
#ifndef NRS_TOOL_ROWS_H
#define NRS_TOOL_ROWS_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/model/columns.h"
#include "tools/model/labels.h"

struct nrs_rows {
    FILE *to;
    bool svm;
    struct nrs_columns columns;
    const char *const *ids; /* names of the identity columns, [n_ids] */
    unsigned n_ids;
    const struct nrs_labels *labels; /* NULL: none */
    struct nrs_classes classes;      /* none: labels as they are */
    uint64_t n, n_labelled;          /* rows written; of them with a label */
};

/* CSV: the header line. */
void nrs_rows_begin(struct nrs_rows *r);

/* id: [n_ids] texts; x: [n_features]. Write errors are the stream's. */
void nrs_rows_add(struct nrs_rows *r, const char *const *id, const uint16_t *x);

/* The list of columns: `#` lines (schema, classes), then index, name, maximum, separated by tabs. */
void nrs_rows_list_columns(struct nrs_rows *r, FILE *to);

#endif
