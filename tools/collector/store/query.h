/* tools/collector/store/query.h - what the page's API reads out of the store, as JSON
 *
 * SQLite writes the JSON itself (json_object), so escaping is its matter; the lines of the records were checked
 * to be strict JSON when they came in and are handed on as they are.
 *
 * Memory: the answer is malloc'd, the caller frees. Limits: NRS_COL_QUERY_ROWS rows of a list.
 * Threads: one at a time per database handle. */
#ifndef NRS_COL_QUERY_H
#define NRS_COL_QUERY_H
#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>

#define NRS_COL_QUERY_ROWS 1000

enum nrs_col_query_kind { NRS_COL_Q_NEWEST, NRS_COL_Q_AFTER, NRS_COL_Q_VERDICT, NRS_COL_Q_DEVICES, NRS_COL_Q_PROGRAMS };

struct nrs_col_query {
    uint8_t kind;   /* enum nrs_col_query_kind */
    int64_t id;     /* AFTER: rows above it, oldest first; NEWEST: rows below it, newest first; VERDICT: any record's id */
    unsigned limit; /* rows, 1..NRS_COL_QUERY_ROWS */
};

/* Returns the HTTP status: 200, 404 for an unknown verdict, 503 with the reason in *json otherwise. */
int nrs_col_query_run(sqlite3 *db, const struct nrs_col_query *q, int64_t now, char **json, size_t *len);

/* Reads "/api/verdicts?after=12&limit=50", "/api/verdicts/12", "/api/devices", "/api/programs". Returns 0, NRS_ERR_FORMAT for a
 * parameter that makes no sense, NRS_ERR_UNSUPPORTED for another path. */
int nrs_col_query_parse(struct nrs_col_query *q, const char *url);

#endif
