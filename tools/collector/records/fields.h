/* tools/collector/records/fields.h - the keys of agent/VERDICT.md, their types and ranges
 *
 * One table for the five kinds of record. A known key with the wrong type, out of range or given twice is
 * refused, and a needed one must be there. Keys are compared after their escapes were decoded. Unknown
 * keys of the outer object are dropped and counted. Unknown keys of `noroshi` are what a newer agent says:
 * numbers and short strings are kept, as many as NRS_COL_EXTRAS; everything else is dropped and counted.
 *
 * What is stored is written from here, so that a stored line has only what was checked. */
#ifndef NRS_COL_FIELDS_H
#define NRS_COL_FIELDS_H
#include <stdbool.h>
#include <stdint.h>
#include <cJSON.h>

#include "models/base/text.h"

#define NRS_COL_WHY 128        /* bytes of a reason */
#define NRS_COL_EVENT_MAX 98   /* host 64, boot 16, seq 16, two hyphens */
#define NRS_COL_VERSION_MAX 64
#define NRS_COL_EXTRAS 16
#define NRS_COL_EXTRA_MAX 128  /* bytes of an unknown string, and of its key */

/* The numbers are those of the column record.kind; health is not stored there. */
enum nrs_col_kind {
    NRS_COL_BEACON, NRS_COL_EVIDENCE, NRS_COL_HEALTH, NRS_COL_PACKER, NRS_COL_COMBO, NRS_COL_KINDS
};

enum nrs_col_field {
    NRS_COL_F_TIME, NRS_COL_F_KIND, NRS_COL_F_DATASET, NRS_COL_F_EVENT, NRS_COL_F_HOST, NRS_COL_F_RISK,
    NRS_COL_F_SRC, NRS_COL_F_DST, NRS_COL_F_PORT, NRS_COL_F_PROTO, NRS_COL_F_NAME, NRS_COL_F_RULE,
    NRS_COL_F_VERSION, NRS_COL_F_PID, NRS_COL_F_PROGRAM, NRS_COL_F_SHA256, NRS_COL_F_NOROSHI,
    /* inside noroshi */
    NRS_COL_F_V, NRS_COL_F_ST, NRS_COL_F_D, NRS_COL_F_W, NRS_COL_F_SCORE, NRS_COL_F_N, NRS_COL_F_FAILED,
    NRS_COL_F_P, NRS_COL_F_J, NRS_COL_F_H, NRS_COL_F_TX, NRS_COL_F_RX, NRS_COL_F_AGE, NRS_COL_F_SIB,
    NRS_COL_F_COV, NRS_COL_F_WHY, NRS_COL_F_M, NRS_COL_F_OF, NRS_COL_F_DAY, NRS_COL_F_M4,
    NRS_COL_F_SCHEMA, NRS_COL_F_X, NRS_COL_F_FILE, NRS_COL_F_CLASS,
    /* of a health record */
    NRS_COL_F_UP, NRS_COL_F_SOURCE, NRS_COL_F_MODEL, NRS_COL_F_DESTS, NRS_COL_F_WATCHED, NRS_COL_F_FLOWS,
    NRS_COL_F_LOST, NRS_COL_F_EVICTED, NRS_COL_F_SUPPRESSED, NRS_COL_F_HELD, NRS_COL_F_SCANNER,
    NRS_COL_F_FILES, NRS_COL_F_LIMITED, NRS_COL_F_LOST_STARTS, NRS_COL_F_PACKED, NRS_COL_F_QUEUE,
    NRS_COL_F_DROPPED, NRS_COL_F_CLOCK, NRS_COL_F_RSS,
    NRS_COL_FIELDS
};

/* Points into the cJSON tree. A key that is absent has seen false, text NULL and number 0. */
struct nrs_col_fields {
    uint8_t kind; /* enum nrs_col_kind */
    bool seen[NRS_COL_FIELDS];
    const char *text[NRS_COL_FIELDS];
    int64_t number[NRS_COL_FIELDS];
    const cJSON *extra[NRS_COL_EXTRAS]; /* unknown keys of noroshi that are kept */
    unsigned n_extra, n_dropped;
};

/* 0, or NRS_ERR_FORMAT with a sentence in why. */
int nrs_col_fields_read(struct nrs_col_fields *f, const cJSON *root, char why[NRS_COL_WHY]);

/* Writes the members of the record, without the braces around them; host.id becomes `host`. */
void nrs_col_fields_write(struct nrs_text *t, const struct nrs_col_fields *f, const char *host);

/* Writes the object noroshi, with its braces. */
void nrs_col_fields_write_noroshi(struct nrs_text *t, const struct nrs_col_fields *f);

#endif
