/* tools/collector/records/fields.h - the keys of agent/VERDICT.md, their types and ranges
 *
 * One table for the five kinds of record. Unknown keys are ignored (a newer agent may say more); a known key
 * with the wrong type, out of range or given twice is refused, a needed one must be there. */
#ifndef NRS_COL_FIELDS_H
#define NRS_COL_FIELDS_H
#include <stdbool.h>
#include <stdint.h>
#include <cJSON.h>

#include "tools/collector/records/line.h"

enum nrs_col_field {
    NRS_COL_F_TIME, NRS_COL_F_KIND, NRS_COL_F_DATASET, NRS_COL_F_EVENT, NRS_COL_F_HOST, NRS_COL_F_RISK,
    NRS_COL_F_SRC, NRS_COL_F_DST, NRS_COL_F_PORT, NRS_COL_F_PROTO, NRS_COL_F_NAME, NRS_COL_F_RULE,
    NRS_COL_F_VERSION, NRS_COL_F_PID, NRS_COL_F_PROGRAM, NRS_COL_F_SHA256, NRS_COL_F_NOROSHI,
    /* inside noroshi */
    NRS_COL_F_V, NRS_COL_F_ST, NRS_COL_F_D, NRS_COL_F_W, NRS_COL_F_SCORE, NRS_COL_F_N, NRS_COL_F_FAILED,
    NRS_COL_F_P, NRS_COL_F_J, NRS_COL_F_H, NRS_COL_F_TX, NRS_COL_F_RX, NRS_COL_F_AGE, NRS_COL_F_SIB, NRS_COL_F_COV,
    NRS_COL_F_WHY, NRS_COL_F_M, NRS_COL_F_OF, NRS_COL_F_DAY, NRS_COL_F_M4, NRS_COL_F_FILE,
    NRS_COL_F_CLASS, NRS_COL_F_SOURCE, NRS_COL_F_MODEL, NRS_COL_F_QUEUE,
    NRS_COL_FIELDS
};

/* Points into the cJSON tree; a key that is absent has text NULL and number 0. */
struct nrs_col_fields {
    uint8_t kind; /* enum nrs_col_kind */
    const char *text[NRS_COL_FIELDS];
    int64_t number[NRS_COL_FIELDS];
};

/* 0, or NRS_ERR_FORMAT with a sentence in why. */
int nrs_col_fields_read(struct nrs_col_fields *f, const cJSON *root, char why[NRS_COL_WHY]);

/* [A-Za-z0-9._-]: what names of hosts and devices are made of. */
bool nrs_col_is_name_char(char c);

#endif
