/* tools/collector/store/store.h - the SQLite file: what was acknowledged is in it
 *
 * Three tables (README.md has the schema): device, record (every verdict and evidence line as it came, once per
 * device and event.id), verdict (one row per device, boot and verdict number: the newest record and its
 * evidence). Health lines are not kept as records; the newest stands in its device's row.
 *
 * WAL, synchronous=FULL: when nrs_col_store_commit returns 0, the records survive a power cut.
 * One writer: nrs_col_store_open takes a lock on the folder; readers (the page, export) open the file themselves.
 * Threads: one at a time; the caller sees to it.
 * Errors: 0 or NRS_ERR_*; `why` then has SQLite's words. */
#ifndef NRS_COL_STORE_H
#define NRS_COL_STORE_H
#include <stdint.h>
#include <sqlite3.h>

#include "tools/collector/records/post.h"

#define NRS_COL_STORE_FILE "noroshi.db"
#define NRS_COL_SCHEMA 1 /* PRAGMA user_version */

enum nrs_col_statement {
    NRS_COL_SQL_BEGIN, NRS_COL_SQL_COMMIT, NRS_COL_SQL_ROLLBACK, NRS_COL_SQL_DEVICE, NRS_COL_SQL_HEALTH,
    NRS_COL_SQL_RECORD, NRS_COL_SQL_BEACON, NRS_COL_SQL_EVIDENCE, NRS_COL_STATEMENTS
};

struct nrs_col_store {
    sqlite3 *db;
    sqlite3_stmt *sql[NRS_COL_STATEMENTS];
    int lock_fd;
    char why[160];
};

/* Makes a new, empty database in the folder. */
int nrs_col_store_create(const char *dir, char *why, size_t cap);

/* Opens for writing. NRS_ERR_STALE: another process has the folder; NRS_ERR_SCHEMA: made by another version. */
int nrs_col_store_open(struct nrs_col_store *s, const char *dir);
void nrs_col_store_close(struct nrs_col_store *s);

/* Opens for reading only; NULL with a reason. */
sqlite3 *nrs_col_store_reader(const char *dir, char *why, size_t cap);

/* Stores the list in one transaction and sets n_new of each. All or nothing; now: epoch seconds. */
int nrs_col_store_commit(struct nrs_col_store *s, struct nrs_col_post *posts, int64_t now);

/* Enters a device that got a certificate at `now`. NRS_ERR_RANGE if the name is taken. Any process may. */
int nrs_col_store_issue(const char *dir, const char *name, int64_t now, char *why, size_t cap);

#endif
