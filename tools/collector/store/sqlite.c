#include "tools/collector/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "models/base/error.h"
#include "tools/collector/store/schema.h"

#define BUSY_MS 5000   /* another process (export, device) may hold the file for a moment */
#define CACHE_KIB 8192 /* pages kept in memory: the upper levels of the indexes */

static int path_of(char *path, size_t cap, const char *dir, const char *file)
{
    int n = snprintf(path, cap, "%s/%s", dir, file);

    return n > 0 && (size_t)n < cap ? 0 : NRS_ERR_LIMIT;
}

/* Opens the file and checks that it is ours. *db is set in any case and must be closed. */
static int open_file(sqlite3 **db, const char *dir, int flags, char *why, size_t cap)
{
    sqlite3_stmt *q = NULL;
    char path[512];
    int version = -1;

    *db = NULL;
    if (path_of(path, sizeof path, dir, NRS_COL_STORE_FILE) != 0) {
        (void)snprintf(why, cap, "path too long");
        return NRS_ERR_LIMIT;
    }
    if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK || sqlite3_busy_timeout(*db, BUSY_MS) != SQLITE_OK ||
        sqlite3_prepare_v2(*db, "PRAGMA user_version", -1, &q, NULL) != SQLITE_OK) {
        (void)snprintf(why, cap, "%s", *db != NULL ? sqlite3_errmsg(*db) : "out of memory");
        return NRS_ERR_IO;
    }
    if (sqlite3_step(q) == SQLITE_ROW)
        version = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    if (version == NRS_COL_SCHEMA || flags & SQLITE_OPEN_CREATE)
        return 0;
    if (version < 0)
        (void)snprintf(why, cap, "%s", sqlite3_errmsg(*db));
    else
        (void)snprintf(why, cap, "schema %d, this program knows %d", version, NRS_COL_SCHEMA);
    return version < 0 ? NRS_ERR_IO : NRS_ERR_SCHEMA;
}

int nrs_col_store_create(const char *dir, char *why, size_t cap)
{
    sqlite3 *db = NULL;
    int rc = open_file(&db, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, why, cap);

    if (rc == 0 && sqlite3_exec(db, nrs_col_schema_sql, NULL, NULL, NULL) != SQLITE_OK) {
        (void)snprintf(why, cap, "%s", sqlite3_errmsg(db));
        rc = NRS_ERR_IO;
    }
    sqlite3_close(db);
    return rc;
}

sqlite3 *nrs_col_store_reader(const char *dir, char *why, size_t cap)
{
    sqlite3 *db;

    if (open_file(&db, dir, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, why, cap) == 0)
        return db;
    sqlite3_close(db);
    return NULL;
}

/* The lock says "this folder has its one collector"; the database file itself stays free for readers. */
static int lock_folder(struct nrs_col_store *s, const char *dir)
{
    s->lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->lock_fd < 0) {
        (void)snprintf(s->why, sizeof s->why, "%s", strerror(errno));
        return NRS_ERR_IO;
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        (void)snprintf(s->why, sizeof s->why, "another collector is using it");
        return NRS_ERR_STALE;
    }
    return 0;
}

static int fail(struct nrs_col_store *s)
{
    (void)snprintf(s->why, sizeof s->why, "%s", sqlite3_errmsg(s->db));
    return NRS_ERR_IO;
}

int nrs_col_store_open(struct nrs_col_store *s, const char *dir)
{
    char pragma[96];
    int rc;

    memset(s, 0, sizeof *s);
    s->lock_fd = -1;
    rc = lock_folder(s, dir);
    if (rc == 0)
        rc = open_file(&s->db, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->why, sizeof s->why);
    if (rc != 0)
        goto out;
    (void)snprintf(pragma, sizeof pragma, "PRAGMA synchronous=FULL; PRAGMA cache_size=-%d", CACHE_KIB);
    if (sqlite3_exec(s->db, pragma, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(s->db, nrs_col_schema_later_sql, NULL, NULL, NULL) != SQLITE_OK)
        rc = fail(s);
    for (int i = 0; rc == 0 && i < NRS_COL_STATEMENTS; i++) {
        if (sqlite3_prepare_v3(s->db, nrs_col_statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->sql[i], NULL) !=
            SQLITE_OK)
            rc = fail(s);
    }
out:
    if (rc != 0)
        nrs_col_store_close(s);
    return rc;
}

void nrs_col_store_close(struct nrs_col_store *s)
{
    for (int i = 0; i < NRS_COL_STATEMENTS; i++) {
        sqlite3_finalize(s->sql[i]);
        s->sql[i] = NULL;
    }
    sqlite3_close(s->db);
    s->db = NULL;
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    s->lock_fd = -1;
}

/* Runs a statement that gives no rows; its bindings may be stale afterwards, the next use sets all of them. */
static int run(struct nrs_col_store *s, enum nrs_col_statement id)
{
    int got = sqlite3_step(s->sql[id]);
    int rc = got == SQLITE_DONE ? 0 : fail(s);

    sqlite3_reset(s->sql[id]);
    return rc;
}

static void bind_text(sqlite3_stmt *q, int at, const char *text)
{
    (void)sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
}

static int device_id(struct nrs_col_store *s, const char *name, int64_t now, int64_t *id)
{
    sqlite3_stmt *q = s->sql[NRS_COL_SQL_DEVICE];
    int got, rc = 0;

    bind_text(q, 1, name);
    (void)sqlite3_bind_int64(q, 2, now);
    got = sqlite3_step(q);
    if (got == SQLITE_ROW) {
        *id = sqlite3_column_int64(q, 0);
        got = sqlite3_step(q);
    }
    if (got != SQLITE_DONE)
        rc = fail(s);
    sqlite3_reset(q);
    return rc;
}

static int put_health(struct nrs_col_store *s, const struct nrs_col_record *r, int64_t device, int64_t now)
{
    sqlite3_stmt *q = s->sql[NRS_COL_SQL_HEALTH];

    (void)sqlite3_bind_int64(q, 1, device);
    (void)sqlite3_bind_text(q, 2, r->line, (int)r->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(q, 3, now);
    bind_text(q, 4, r->version[0] != '\0' ? r->version : NULL);
    return run(s, NRS_COL_SQL_HEALTH);
}

/* The verdict's row: made by the first record of it that arrives, moved on by newer ones. */
static int fold(struct nrs_col_store *s, const struct nrs_col_record *r, int64_t record, int64_t device,
                int64_t now)
{
    enum nrs_col_statement id = r->kind == NRS_COL_BEACON ? NRS_COL_SQL_BEACON : NRS_COL_SQL_EVIDENCE;
    sqlite3_stmt *q = s->sql[id];

    (void)sqlite3_bind_int64(q, 1, record);
    (void)sqlite3_bind_int64(q, 2, device);
    bind_text(q, 3, r->boot);
    (void)sqlite3_bind_int64(q, 4, r->d);
    if (id == NRS_COL_SQL_EVIDENCE) {
        (void)sqlite3_bind_int64(q, 5, now);
        return run(s, id);
    }
    (void)sqlite3_bind_int64(q, 5, (sqlite3_int64)r->seq);
    (void)sqlite3_bind_int64(q, 6, now);
    (void)sqlite3_bind_int(q, 7, r->risk);
    bind_text(q, 8, r->dst);
    (void)sqlite3_bind_int(q, 9, r->port);
    return run(s, id);
}

static int put_record(struct nrs_col_store *s, const struct nrs_col_record *r, int64_t device, int64_t now,
                      unsigned *n_new)
{
    sqlite3_stmt *q = s->sql[NRS_COL_SQL_RECORD];
    int rc;

    (void)sqlite3_bind_int64(q, 1, device);
    bind_text(q, 2, r->event);
    (void)sqlite3_bind_int64(q, 3, now);
    (void)sqlite3_bind_int(q, 4, r->kind);
    (void)sqlite3_bind_text(q, 5, r->line, (int)r->len, SQLITE_STATIC);
    bind_text(q, 6, r->boot);
    (void)sqlite3_bind_int64(q, 7, r->d);
    rc = run(s, NRS_COL_SQL_RECORD);
    if (rc != 0 || sqlite3_changes(s->db) == 0)
        return rc;
    (*n_new)++;
    if (r->kind == NRS_COL_PACKER || r->kind == NRS_COL_COMBO)
        return 0; /* the verdict's row is the beacon's */
    return fold(s, r, sqlite3_last_insert_rowid(s->db), device, now);
}

static int put_post(struct nrs_col_store *s, struct nrs_col_post *p, int64_t now)
{
    int64_t device = 0;
    int rc = device_id(s, p->device, now, &device);

    p->n_new = 0;
    for (unsigned i = 0; rc == 0 && i < p->n; i++) {
        const struct nrs_col_record *r = &p->records[i];

        if (r->kind == NRS_COL_HEALTH) {
            rc = put_health(s, r, device, now);
            p->n_new++;
        } else {
            rc = put_record(s, r, device, now, &p->n_new);
        }
    }
    return rc;
}

int nrs_col_store_commit(struct nrs_col_store *s, struct nrs_col_post *posts, int64_t now)
{
    int rc = run(s, NRS_COL_SQL_BEGIN);

    for (struct nrs_col_post *p = posts; rc == 0 && p != NULL; p = p->next)
        rc = put_post(s, p, now);
    if (rc == 0)
        rc = run(s, NRS_COL_SQL_COMMIT);
    if (rc != 0 && sqlite3_get_autocommit(s->db) == 0)
        (void)sqlite3_step(s->sql[NRS_COL_SQL_ROLLBACK]);
    sqlite3_reset(s->sql[NRS_COL_SQL_ROLLBACK]);
    return rc;
}

int nrs_col_store_issue(const char *dir, const char *name, int64_t now, char *why, size_t cap)
{
    static const char sql[] = "INSERT INTO device(name, issued) VALUES(?1, ?2)";
    sqlite3_stmt *q = NULL;
    sqlite3 *db;
    int rc = open_file(&db, dir, SQLITE_OPEN_READWRITE, why, cap);

    if (rc == 0 && sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK) {
        bind_text(q, 1, name);
        (void)sqlite3_bind_int64(q, 2, now);
        if (sqlite3_step(q) != SQLITE_DONE)
            rc = sqlite3_errcode(db) == SQLITE_CONSTRAINT ? NRS_ERR_RANGE : NRS_ERR_IO;
        (void)snprintf(why, cap, "%s", rc == NRS_ERR_RANGE ? "there is a device of this name" : sqlite3_errmsg(db));
    } else if (rc == 0) {
        rc = NRS_ERR_IO;
        (void)snprintf(why, cap, "%s", sqlite3_errmsg(db));
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
    return rc;
}
