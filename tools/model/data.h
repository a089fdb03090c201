/* tools/model/data.h - labelled feature vectors read back: what `noroshi-model features` writes as CSV
 *
 * Every feature of the schema has to be a column (raw, not expanded); `label` is optional, other columns are
 * ignored. Rows without a label have the label "". Values above a feature's maximum are refused.
 *
 * Memory: the vectors and the label names, until done. */
#ifndef NRS_TOOL_DATA_H
#define NRS_TOOL_DATA_H
#include <stdint.h>

#include "models/model.h"
#include "models/base/why.h"

#define NRS_DATA_LABELS_MAX 256

struct nrs_data {
    const struct nrs_schema *schema;
    size_t n;
    uint16_t *x;    /* [n][nrs_schema_vector] */
    uint8_t *label; /* [n], into name */
    unsigned n_labels;
    char *name[NRS_DATA_LABELS_MAX]; /* in the order of their first row */
};

/* Call done in any case. */
int nrs_data_read(struct nrs_data *d, const char *path, const struct nrs_schema *schema,
                  struct nrs_why *why);

/* The same for text in memory, which is written to. */
int nrs_data_parse(struct nrs_data *d, char *text, const struct nrs_schema *schema, struct nrs_why *why);
void nrs_data_done(struct nrs_data *d);

const uint16_t *nrs_data_row(const struct nrs_data *d, size_t i);

/* Which label a list of names "c2,other" holds: [n_labels] filled. Refuses a name that no row has. */
int nrs_data_choose(const struct nrs_data *d, const char *list, bool *chosen, struct nrs_why *why);

#endif
