/* tools/model/columns.h - the columns that a trainer elsewhere sees, and how they are named
 *
 * Raw: one column a feature, in the order of the schema, with the feature's name and value.
 * Expanded over a model: for each of its terms in the order of the file, a linear one as above; bins as one column a
 * bin, `gap_mad[0]`, 1 when the value lies in it and else 0; a cross as one column a cell, `gap_mad[0]*fill[2]`,
 * the bins of the second feature running faster.
 * Files with numbers in place of names count columns from 1. */
#ifndef NRS_TOOL_COLUMNS_H
#define NRS_TOOL_COLUMNS_H
#include <stddef.h>

#include "models/model.h"

#define NRS_COLUMN_NAME 48                            /* bytes, with NUL */
#define NRS_COLUMNS_MAX (NRS_MODEL_TERMS_MAX * 256)   /* 16 x 16 cells a cross */

struct nrs_columns {
    const struct nrs_schema *schema;
    unsigned n, n_terms;
    unsigned first[NRS_MODEL_TERMS_MAX];        /* column of each term's first cell */
    struct nrs_term term[NRS_MODEL_TERMS_MAX];  /* type, features and cuts only */
};

void nrs_columns_raw(struct nrs_columns *c, const struct nrs_schema *schema);

/* The cuts stay where they are, in the file that the model was loaded from. */
void nrs_columns_expanded(struct nrs_columns *c, const struct nrs_model *m);

/* Cells of a term: columns it takes. */
unsigned nrs_columns_cells(const struct nrs_term *term);

void nrs_column_name(const struct nrs_columns *c, unsigned column, char name[NRS_COLUMN_NAME]);

/* A column by name (len bytes, no NUL needed), or -1. */
int nrs_column_find(const struct nrs_columns *c, const char *name, size_t len);

/* The row [c->n] of a feature vector, each value within its maximum. */
void nrs_columns_row(const struct nrs_columns *c, const uint16_t *x, uint16_t *row);

#endif
