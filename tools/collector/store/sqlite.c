#include "tools/collector/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "models/base/error.h"
#include "tools/collector/store/migrate.h"

#define BUSY_MS 5000   /* another process (export, device) may hold the file for a moment */
#define CACHE_KIB 8192 /* pages kept in memory: the upper levels of the indexes */

static int path_of(char *path, size_t cap, const char *dir, const char *file)
{
    int n = snprintf(path, cap, "%s/%s", dir, file);

    return n > 0 && (size_t)n < cap ? 0 : NRS_ERR_LIMIT;
}

/* Opens the file. *db is set in any case and must be closed. */
static int open_file(sqlite3 **db, const char *dir, int flags, char why[NRS_COL_STORE_WHY])
{
    char path[512];

    *db = NULL;
    if (path_of(path, sizeof path, dir, NRS_COL_SQLITE_FILE) != 0) {
        (void)snprintf(why, NRS_COL_STORE_WHY, "path too long");
        return NRS_ERR_LIMIT;
    }
    if (sqlite3_open_v2(path, db, flags, NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(*db, BUSY_MS) == SQLITE_OK && nrs_col_schema_of(*db) >= 0)
        return 0;
    (void)snprintf(why, NRS_COL_STORE_WHY, "%s", *db != NULL ? sqlite3_errmsg(*db) : "out of memory");
    return NRS_ERR_IO;
}

/* For those who do not bring the file up to date: is it one that they understand? */
static int check_schema(sqlite3 *db, char why[NRS_COL_STORE_WHY])
{
    int version = nrs_col_schema_of(db);

    if (version >= 1 && version <= nrs_col_schema)
        return 0;
    (void)snprintf(why, NRS_COL_STORE_WHY, "schema %d, this program knows %d", version, nrs_col_schema);
    return NRS_ERR_SCHEMA;
}

static int create(const char *dir, char why[NRS_COL_STORE_WHY])
{
    sqlite3 *db = NULL;
    int rc = open_file(&db, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, why);

    if (rc == 0 && (nrs_col_sqlite_make_vacuum(db) != SQLITE_OK ||
                    sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK)) {
        (void)snprintf(why, NRS_COL_STORE_WHY, "%s", sqlite3_errmsg(db));
        rc = NRS_ERR_IO;
    }
    if (rc == 0)
        rc = nrs_col_migrate(db, why, NRS_COL_STORE_WHY);
    sqlite3_close(db);
    return rc;
}

/* The lock says "this folder has its one collector"; the database file itself stays free for readers. */
static int lock_folder(struct nrs_col_sqlite *s, const char *dir)
{
    s->lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->lock_fd < 0) {
        (void)snprintf(s->base.why, sizeof s->base.why, "%s", strerror(errno));
        return NRS_ERR_IO;
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        (void)snprintf(s->base.why, sizeof s->base.why, "another collector is using it");
        return NRS_ERR_STALE;
    }
    return 0;
}

int nrs_col_sqlite_fail(struct nrs_col_sqlite *s)
{
    (void)snprintf(s->base.why, sizeof s->base.why, "%s", sqlite3_errmsg(s->db));
    return NRS_ERR_IO;
}

static int open_writer(struct nrs_col_sqlite *s, const char *dir)
{
    char pragma[96];
    int rc = lock_folder(s, dir);

    if (rc == 0)
        rc = open_file(&s->db, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->base.why);
    if (rc == 0)
        rc = nrs_col_migrate(s->db, s->base.why, sizeof s->base.why);
    if (rc != 0)
        return rc;
    /* A file of version 1 only reuses its pages. It goes on so when there is no room for the copy that
     * this takes. */
    (void)nrs_col_sqlite_make_vacuum(s->db);
    /* What was answered with 200 survives a power cut: WAL alone would lose the last transactions. */
    (void)snprintf(pragma, sizeof pragma, "PRAGMA synchronous=FULL; PRAGMA cache_size=-%d", CACHE_KIB);
    if (sqlite3_exec(s->db, pragma, NULL, NULL, NULL) != SQLITE_OK)
        rc = nrs_col_sqlite_fail(s);
    for (int i = 0; rc == 0 && i < NRS_COL_STATEMENTS; i++) {
        if (sqlite3_prepare_v3(s->db, nrs_col_statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->sql[i],
                               NULL) != SQLITE_OK)
            rc = nrs_col_sqlite_fail(s);
    }
    return rc;
}

static int open_reader(struct nrs_col_sqlite *s, const char *dir)
{
    int rc = open_file(&s->db, dir, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, s->base.why);

    return rc != 0 ? rc : check_schema(s->db, s->base.why);
}

static void close_store(struct nrs_col_store *store)
{
    struct nrs_col_sqlite *s = (struct nrs_col_sqlite *)store;

    if (s == NULL)
        return;
    for (int i = 0; i < NRS_COL_STATEMENTS; i++)
        sqlite3_finalize(s->sql[i]);
    sqlite3_close(s->db);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s);
}

static int open_store(struct nrs_col_store **out, const char *dir, enum nrs_col_store_mode mode,
                      char why[NRS_COL_STORE_WHY])
{
    struct nrs_col_sqlite *s = calloc(1, sizeof *s);
    int rc;

    if (s == NULL) {
        (void)snprintf(why, NRS_COL_STORE_WHY, "out of memory");
        return NRS_ERR_SPACE;
    }
    s->base.ops = &nrs_col_store_sqlite;
    s->lock_fd = -1;
    rc = mode == NRS_COL_STORE_WRITE ? open_writer(s, dir) : open_reader(s, dir);
    if (rc == 0) {
        *out = &s->base;
        return 0;
    }
    memcpy(why, s->base.why, sizeof s->base.why);
    close_store(&s->base);
    return rc;
}

static int issue(const char *dir, const char *name, int64_t now, char why[NRS_COL_STORE_WHY])
{
    static const char sql[] = "INSERT INTO device(name, issued) VALUES(?1, ?2)";
    sqlite3_stmt *q = NULL;
    sqlite3 *db;
    int rc = open_file(&db, dir, SQLITE_OPEN_READWRITE, why);

    if (rc == 0)
        rc = check_schema(db, why);
    if (rc == 0 && sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_int64(q, 2, now);
        if (sqlite3_step(q) != SQLITE_DONE)
            rc = sqlite3_errcode(db) == SQLITE_CONSTRAINT ? NRS_ERR_RANGE : NRS_ERR_IO;
        (void)snprintf(why, NRS_COL_STORE_WHY, "%s",
                       rc == NRS_ERR_RANGE ? "there is a device of this name" : sqlite3_errmsg(db));
    } else if (rc == 0) {
        rc = NRS_ERR_IO;
        (void)snprintf(why, NRS_COL_STORE_WHY, "%s", sqlite3_errmsg(db));
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
    return rc;
}

static int each(struct nrs_col_store *store, int64_t after,
                int (*row)(void *arg, const struct nrs_col_stored *r), void *arg)
{
    static const char sql[] =
        "SELECT r.id, r.received, r.kind, d.name, r.line FROM record r JOIN device d ON d.id=r.device"
        " WHERE r.id>?1 ORDER BY r.id";
    struct nrs_col_sqlite *s = (struct nrs_col_sqlite *)store;
    sqlite3_stmt *q = NULL;
    int got = SQLITE_ERROR, rc = 0;

    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(q, 1, after);
        while (rc == 0 && (got = sqlite3_step(q)) == SQLITE_ROW) {
            struct nrs_col_stored r = {.id = sqlite3_column_int64(q, 0),
                                       .received = sqlite3_column_int64(q, 1),
                                       .kind = (uint8_t)sqlite3_column_int(q, 2),
                                       .device = (const char *)sqlite3_column_text(q, 3),
                                       .line = (const char *)sqlite3_column_text(q, 4)};

            rc = r.device != NULL && r.line != NULL ? row(arg, &r) : nrs_col_sqlite_fail(s);
        }
    }
    if (rc == 0 && got != SQLITE_DONE)
        rc = nrs_col_sqlite_fail(s);
    sqlite3_finalize(q);
    return rc;
}

const struct nrs_col_store_ops nrs_col_store_sqlite = {
    .file = NRS_COL_SQLITE_FILE,
    .create = create,
    .open = open_store,
    .close = close_store,
    .issue = issue,
    .probe = nrs_col_sqlite_probe,
    .commit = nrs_col_sqlite_commit,
    .retire = nrs_col_sqlite_retire,
    .query = nrs_col_sqlite_query,
    .each = each,
};
