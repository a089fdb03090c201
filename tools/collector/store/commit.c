#include "models/base/error.h"
#include "tools/collector/store/sqlite.h"

#define DAY_S 86400

const char *const nrs_col_statement_sql[NRS_COL_STATEMENTS] = {
    [NRS_COL_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [NRS_COL_SQL_COMMIT] = "COMMIT",
    [NRS_COL_SQL_ROLLBACK] = "ROLLBACK",
    /* 1 name, 2 now, 3 day */
    [NRS_COL_SQL_DEVICE] =
        "INSERT INTO device(name, first_seen, last_seen) VALUES(?1, ?2, ?2)"
        " ON CONFLICT(name) DO UPDATE SET last_seen=?2, first_seen=coalesce(first_seen, ?2)"
        " RETURNING id, iif(day=?3, day_records, 0)",
    /* 1 device, 2 day, 3 records */
    [NRS_COL_SQL_DAY] = "UPDATE device SET day=?2, day_records=?3 WHERE id=?1",
    /* 1 device, 2 line, 3 now, 4 version or NULL */
    [NRS_COL_SQL_HEALTH] =
        "UPDATE device SET health=?2, health_at=?3, version=coalesce(?4, version) WHERE id=?1",
    /* 1 device, 2 event, 3 now, 4 kind, 5 line, 6 boot, 7 d */
    [NRS_COL_SQL_RECORD] = "INSERT OR IGNORE INTO record(device, event, received, kind, verdict, line)"
                           " VALUES(?1, ?2, ?3, ?4,"
                           " (SELECT id FROM verdict WHERE device=?1 AND boot=?6 AND d=?7), ?5)",
    /* 1 record, 2 device, 3 boot, 4 d, 5 seq, 6 now, 7 risk, 8 dst, 9 port. A late record counts and
     * changes nothing else. */
    [NRS_COL_SQL_BEACON] =
        "INSERT INTO verdict(id, device, boot, d, seq, last, opened, risk, dst, port, records)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?1, ?6, ?7, ?8, ?9, 1)"
        " ON CONFLICT(device, boot, d) DO UPDATE SET records=records+1, seq=max(seq, ?5), last=iif(?5>seq, "
        "?1, last),"
        " risk=iif(?5>seq, ?7, risk), dst=iif(?5>seq, ?8, dst), port=iif(?5>seq, ?9, port)",
    /* 1 record, 2 device, 3 boot, 4 d, 5 now */
    [NRS_COL_SQL_EVIDENCE] = "INSERT INTO verdict(id, device, boot, d, seq, opened, evidence)"
                             " VALUES(?1, ?2, ?3, ?4, -1, ?5, ?1)"
                             " ON CONFLICT(device, boot, d) DO UPDATE SET evidence=?1",
    /* 1 record, 2 device, 3 boot, 4 d */
    [NRS_COL_SQL_COMBO] = "UPDATE verdict SET combo=?1 WHERE device=?2 AND boot=?3 AND d=?4",
    /* 64 KiB: more than a page that happens to be free */
    [NRS_COL_SQL_PROBE] = "INSERT OR REPLACE INTO note VALUES('probe', zeroblob(65536))",
};

/* Runs a statement that gives no rows; its bindings may be stale afterwards, the next use sets all of
 * them. */
static int run(struct nrs_col_sqlite *s, enum nrs_col_statement id)
{
    int got = sqlite3_step(s->sql[id]);
    int rc = got == SQLITE_DONE ? 0 : nrs_col_sqlite_fail(s);

    sqlite3_reset(s->sql[id]);
    return rc;
}

static void bind_text(sqlite3_stmt *q, int at, const char *text)
{
    (void)sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
}

/* used: how many new records it has stored today. */
static int device_id(struct nrs_col_sqlite *s, const char *name, int64_t now, int64_t *id, int64_t *used)
{
    sqlite3_stmt *q = s->sql[NRS_COL_SQL_DEVICE];
    int got, rc = 0;

    bind_text(q, 1, name);
    (void)sqlite3_bind_int64(q, 2, now);
    (void)sqlite3_bind_int64(q, 3, now / DAY_S);
    got = sqlite3_step(q);
    if (got == SQLITE_ROW) {
        *id = sqlite3_column_int64(q, 0);
        *used = sqlite3_column_int64(q, 1);
        got = sqlite3_step(q);
    }
    if (got != SQLITE_DONE)
        rc = nrs_col_sqlite_fail(s);
    sqlite3_reset(q);
    return rc;
}

static int put_health(struct nrs_col_sqlite *s, const struct nrs_col_record *r, int64_t device, int64_t now)
{
    sqlite3_stmt *q = s->sql[NRS_COL_SQL_HEALTH];

    (void)sqlite3_bind_int64(q, 1, device);
    (void)sqlite3_bind_text(q, 2, r->line, (int)r->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(q, 3, now);
    bind_text(q, 4, r->version[0] != '\0' ? r->version : NULL);
    return run(s, NRS_COL_SQL_HEALTH);
}

/* The verdict's row is made by the first beacon or evidence record that arrives, and changed by newer
 * ones. A joined record finds a row that is there. */
static int fold(struct nrs_col_sqlite *s, const struct nrs_col_record *r, int64_t record, int64_t device,
                int64_t now)
{
    enum nrs_col_statement id = r->kind == NRS_COL_BEACON  ? NRS_COL_SQL_BEACON
                                : r->kind == NRS_COL_COMBO ? NRS_COL_SQL_COMBO
                                                           : NRS_COL_SQL_EVIDENCE;
    sqlite3_stmt *q = s->sql[id];

    (void)sqlite3_bind_int64(q, 1, record);
    (void)sqlite3_bind_int64(q, 2, device);
    bind_text(q, 3, r->boot);
    (void)sqlite3_bind_int64(q, 4, r->d);
    if (id == NRS_COL_SQL_COMBO)
        return run(s, id);
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

static int put_record(struct nrs_col_sqlite *s, const struct nrs_col_record *r, int64_t device, int64_t now,
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
    if (r->kind == NRS_COL_PACKER)
        return 0; /* it belongs to no verdict */
    return fold(s, r, sqlite3_last_insert_rowid(s->db), device, now);
}

static int put_day(struct nrs_col_sqlite *s, int64_t device, int64_t now, int64_t records)
{
    sqlite3_stmt *q = s->sql[NRS_COL_SQL_DAY];

    (void)sqlite3_bind_int64(q, 1, device);
    (void)sqlite3_bind_int64(q, 2, now / DAY_S);
    (void)sqlite3_bind_int64(q, 3, records);
    return run(s, NRS_COL_SQL_DAY);
}

static int put_post(struct nrs_col_sqlite *s, struct nrs_col_post *p, int64_t now)
{
    int64_t device = 0, used = 0;
    unsigned n_stored = 0, n_health = 0;
    int rc = device_id(s, p->device, now, &device, &used);

    for (unsigned i = 0; i < p->n; i++)
        n_health += p->records[i].kind == NRS_COL_HEALTH;
    p->n_new = 0;
    p->rc = used + (p->n - n_health) > p->day_cap ? NRS_ERR_LIMIT : 0;
    for (unsigned i = 0; rc == 0 && p->rc == 0 && i < p->n; i++) {
        const struct nrs_col_record *r = &p->records[i];

        rc = r->kind == NRS_COL_HEALTH ? put_health(s, r, device, now)
                                       : put_record(s, r, device, now, &n_stored);
    }
    if (rc == 0 && n_stored > 0)
        rc = put_day(s, device, now, used + n_stored);
    p->n_new = p->rc == 0 ? n_stored + n_health : 0;
    return rc;
}

int nrs_col_sqlite_commit(struct nrs_col_store *store, struct nrs_col_post *posts, int64_t now)
{
    struct nrs_col_sqlite *s = (struct nrs_col_sqlite *)store;
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

int nrs_col_sqlite_probe(struct nrs_col_store *store)
{
    struct nrs_col_sqlite *s = (struct nrs_col_sqlite *)store;

    return run(s, NRS_COL_SQL_PROBE);
}
