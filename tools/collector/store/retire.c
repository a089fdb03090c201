/* Retention of the SQLite store (store.h): the oldest records go, a bounded number in one transaction
 *
 * Ids of records grow with time, so the oldest records are those with the smallest ids. A verdict goes
 * with its newest record; one that goes on keeps its row, and loses its old records. */
#include <stdio.h>

#include "models/base/error.h"
#include "tools/collector/store/sqlite.h"

#define DAY_S 86400
#define PAGES 2000            /* given back to the system at a time */
#define VACUUM_MIB 1024       /* a larger file is not copied when it is opened: that would take minutes */

static int64_t number(sqlite3 *db, const char *sql, int64_t first, int64_t second)
{
    sqlite3_stmt *q = NULL;
    int64_t value = 0;

    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(q, 1, first);
        (void)sqlite3_bind_int64(q, 2, second);
        if (sqlite3_step(q) == SQLITE_ROW)
            value = sqlite3_column_int64(q, 0);
    }
    sqlite3_finalize(q);
    return value;
}

static int64_t mib_used(sqlite3 *db)
{
    int64_t pages = number(db, "PRAGMA page_count", 0, 0) - number(db, "PRAGMA freelist_count", 0, 0);

    return pages * number(db, "PRAGMA page_size", 0, 0) >> 20;
}

int nrs_col_sqlite_make_vacuum(sqlite3 *db)
{
    if (number(db, "PRAGMA auto_vacuum", 0, 0) == 2 || mib_used(db) > VACUUM_MIB)
        return SQLITE_OK;
    return sqlite3_exec(db, "PRAGMA auto_vacuum=2; VACUUM", NULL, NULL, NULL);
}

/* The id up to which records go now; 0 = none. */
static int64_t last_to_go(sqlite3 *db, const struct nrs_col_retention *keep, int64_t now)
{
    static const char sql[] =
        "SELECT max(id) FROM (SELECT id, received FROM record ORDER BY id LIMIT ?2) WHERE received<?1";
    bool full = keep->mib > 0 && mib_used(db) >= keep->mib;

    if (!full && keep->days == 0)
        return 0;
    return number(db, sql, full ? INT64_MAX : now - (int64_t)keep->days * DAY_S, NRS_COL_RETIRE_ROWS);
}

int nrs_col_sqlite_retire(struct nrs_col_store *store, const struct nrs_col_retention *keep, int64_t now,
                          unsigned *n)
{
    static const char sql[] = "BEGIN IMMEDIATE;"
                              "DELETE FROM verdict WHERE last<=%1$lld;"
                              "DELETE FROM verdict WHERE evidence<=%1$lld AND last IS NULL;"
                              "UPDATE verdict SET evidence=NULL WHERE evidence<=%1$lld;"
                              "DELETE FROM record WHERE id<=%1$lld;";
    struct nrs_col_sqlite *s = (struct nrs_col_sqlite *)store;
    int64_t last = last_to_go(s->db, keep, now);
    char text[512];

    *n = 0;
    if (last == 0)
        return 0;
    (void)snprintf(text, sizeof text, sql, (long long)last);
    if (sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK) {
        *n = (unsigned)sqlite3_changes(s->db);
        if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK) {
            (void)snprintf(text, sizeof text, "PRAGMA incremental_vacuum(%d)", PAGES);
            (void)sqlite3_exec(s->db, text, NULL, NULL, NULL);
            return 0;
        }
    }
    *n = 0;
    (void)nrs_col_sqlite_fail(s);
    (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return NRS_ERR_IO;
}
