/* models/kinds.h - the kinds of models: one row for each
 *
 * A kind is what a model judges: destinations ("beacon"), executables ("packer", "packer_pe"). Its row
 * says what all models of the kind have in common, so that code asks the row and never which kind it is. A
 * model file holds the number of its kind (FORMAT.md), and the row of number n is the n-th: new rows go to
 * the end.
 *
 * A build without the scanner (NRS_WITH_SCAN, NRS_WITH_PE) cannot judge some kinds. Their rows are empty,
 * and the look-ups do not find them. */
#ifndef NRS_KINDS_H
#define NRS_KINDS_H
#include <stddef.h>
#include <stdint.h>

#include "models/base/text.h"
#include "models/model.h"
#include "models/schema.h"

struct nrs_kind {
    const struct nrs_schema *schema;  /* the features of a vector; NULL = an empty row */
    const uint8_t *builtin;           /* the model that the build compiled in */
    const size_t *builtin_len;        /* its bytes, 0 = none */
    uint8_t n_outputs;                /* outputs of every model; 0 = any number of classes */
    uint8_t n_thresholds;             /* how many of a model's thresholds mean something */
    char threshold[NRS_MODEL_THRESHOLDS][8]; /* what each is called, "24h" or "packed" */
    char threshold_by[8];             /* the feature whose value is the index of one; "" = the first */
    char rule[8];                     /* "beacon-": rule.id is this and the serial of the model */
    char dataset[16];                 /* event.dataset of its verdicts */
};

extern const struct nrs_kind nrs_kinds[NRS_KINDS];

/* The row of a kind that this build has. */
static inline const struct nrs_kind *nrs_kind(enum nrs_kind_id id)
{
    return &nrs_kinds[id - 1];
}

/* The row of a number out of a file, or of a schema's name; NULL if there is none. */
const struct nrs_kind *nrs_kind_of_number(unsigned number);
const struct nrs_kind *nrs_kind_of_name(const char *name);

/* The index of the threshold for a value of the feature `threshold_by`. A value above the last index has
 * the last threshold: the week of a beacon has the threshold of 24 h. */
static inline unsigned nrs_kind_threshold(const struct nrs_kind *kind, unsigned value)
{
    return value < kind->n_thresholds ? value : kind->n_thresholds - 1u;
}

/* Appends the name of a model in reports, "beacon-7", without quotes. */
void nrs_kind_write_rule(struct nrs_text *t, enum nrs_kind_id id, uint32_t serial);

#endif
