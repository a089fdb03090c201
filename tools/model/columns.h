/* tools/model/columns.h - the columns of a table of feature vectors: raw, or expanded over the terms of a
 * model
 *
 * Raw: one column a feature, in the order of the schema, under its name. Expanded: of each term in the
 * model's order one column a bin, 1 where the vector falls and 0 elsewhere: `gap_mad[3]` is the fourth bin
 * of gap_mad, `gap_mad*fill[3][0]` a cell of a cross, `start[17]` a bucket of hashed n-grams (any number
 * of them can be 1); a linear term is one column with the value. So a linear model over expanded columns
 * has one weight a bin. Files with numbers in place of names count columns from 1. */
#ifndef NRS_TOOL_COLUMNS_H
#define NRS_TOOL_COLUMNS_H
#include <stddef.h>

#include "models/model.h"

#define NRS_COLUMN_NAME_MAX 48                           /* with NUL */
#define NRS_COLUMNS_MAX     NRS_MODEL_BYTES_MAX          /* a column has a byte in the file at least */

struct nrs_columns {
    const struct nrs_schema *schema;
    const struct nrs_model *model; /* NULL: raw */
    unsigned n, n_terms;
    unsigned first[NRS_MODEL_TERMS_MAX];       /* column of each term's first cell */
    struct nrs_term term[NRS_MODEL_TERMS_MAX]; /* type, features and cuts; raw: a linear one a feature */
    uint16_t *value;                           /* [n], of the vector that was last set */
};

/* NRS_ERR_SPACE. model NULL: raw. schema and model outlive the columns. Call done in any case. */
int nrs_columns_init(struct nrs_columns *c, const struct nrs_schema *schema, const struct nrs_model *model);
void nrs_columns_done(struct nrs_columns *c);

/* Adds to raw columns those of hashed n-grams of the schema's bytes: "2,3:64:9" is runs of 2 and of 3 among
 * the first 64 bytes, in 2^9 buckets, `start[0]` and so on. NRS_ERR_RANGE: not like that, or not for this
 * schema. */
int nrs_columns_add_grams(struct nrs_columns *c, const char *text);

/* x: [nrs_schema_vector] */
void nrs_columns_set(struct nrs_columns *c, const uint16_t *x);

void nrs_columns_name(const struct nrs_columns *c, unsigned column, char name[NRS_COLUMN_NAME_MAX]);
uint16_t nrs_columns_max(const struct nrs_columns *c, unsigned column);

/* A column by name (len bytes, no NUL needed), or -1. */
int nrs_columns_find(const struct nrs_columns *c, const char *name, size_t len);

/* Columns that a term takes. */
unsigned nrs_columns_cells(const struct nrs_term *term);

#endif
