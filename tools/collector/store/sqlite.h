/* tools/collector/store/sqlite.h - inside of the SQLite store: what its files share. Everyone else uses
 * store.h. */
#ifndef NRS_COL_SQLITE_H
#define NRS_COL_SQLITE_H
#include <sqlite3.h>

#include "tools/collector/store/store.h"

#define NRS_COL_SQLITE_FILE "noroshi.db"

enum nrs_col_statement {
    NRS_COL_SQL_BEGIN, NRS_COL_SQL_COMMIT, NRS_COL_SQL_ROLLBACK, NRS_COL_SQL_DEVICE, NRS_COL_SQL_HEALTH,
    NRS_COL_SQL_RECORD, NRS_COL_SQL_BEACON, NRS_COL_SQL_EVIDENCE, NRS_COL_SQL_COMBO,
    NRS_COL_SQL_DAY, NRS_COL_SQL_PROBE, NRS_COL_STATEMENTS
};

struct nrs_col_sqlite {
    struct nrs_col_store base;
    sqlite3 *db;
    sqlite3_stmt *sql[NRS_COL_STATEMENTS]; /* of a WRITE store */
    int lock_fd;
};

/* The statements of commit.c. */
extern const char *const nrs_col_statement_sql[NRS_COL_STATEMENTS];

/* The file gives pages back one by one (auto_vacuum=INCREMENTAL); for a new file, before its first table. */
int nrs_col_sqlite_make_vacuum(sqlite3 *db);

/* Puts SQLite's words into base.why; returns NRS_ERR_IO. */
int nrs_col_sqlite_fail(struct nrs_col_sqlite *s);

/* The ops of store.h that have a file of their own. */
int nrs_col_sqlite_probe(struct nrs_col_store *store);
int nrs_col_sqlite_commit(struct nrs_col_store *store, struct nrs_col_post *posts, int64_t now);
int nrs_col_sqlite_retire(struct nrs_col_store *store, const struct nrs_col_retention *keep, int64_t now,
                          unsigned *n);
int nrs_col_sqlite_query(struct nrs_col_store *store, const struct nrs_col_query *q, int64_t now,
                         struct nrs_col_answer *out);

#endif
