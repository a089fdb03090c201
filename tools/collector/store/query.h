/* tools/collector/store/query.h - the questions that a store answers with JSON (README.md describes the
 * answers)
 *
 * Limits: NRS_COL_QUERY_ROWS rows of a list. */
#ifndef NRS_COL_QUERY_H
#define NRS_COL_QUERY_H
#include <stdint.h>

#define NRS_COL_QUERY_ROWS 1000

enum nrs_col_query_kind {
    NRS_COL_Q_NEWEST,       /* verdicts with a record id below `id`, newest first */
    NRS_COL_Q_AFTER,        /* verdicts with a record id above `id`, oldest first */
    NRS_COL_Q_VERDICT,      /* the verdict that the record `id` belongs to */
    NRS_COL_Q_DEVICES,      /* devices, the one seen last first */
    NRS_COL_Q_DEVICES_AFTER, /* devices with an id above `id`, by id */
    NRS_COL_Q_PROGRAMS,     /* records on packed files with an id below `id`, newest first */
    NRS_COL_QUERIES
};

struct nrs_col_query {
    uint8_t kind;   /* enum nrs_col_query_kind */
    int64_t id;
    unsigned limit; /* rows, 1..NRS_COL_QUERY_ROWS */
};

#endif
