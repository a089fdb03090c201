#include "tools/collector/store/query.h"

#include "models/base/error.h"
#include "tools/collector/store/sqlite.h"

#define LISTED 50 /* rows of the lists inside one verdict */

/* 0 id, 1 verdict, 2 device, 3 opened, 4 received, 5 records, 6 devices, 7 evidence, 8 record, 9 combo */
#define VERDICT                                                                                           \
    "SELECT v.last, v.id, d.name, v.opened, r.received, v.records,"                                       \
    " (SELECT n.devices FROM destination n WHERE n.dst=v.dst AND n.port=v.port), v.evidence, r.line,"     \
    " c.line FROM verdict v JOIN device d ON d.id=v.device JOIN record r ON r.id=v.last"                  \
    " LEFT JOIN record c ON c.id=v.combo "

/* 0 id, 1 name, 2 issued, 3 first_seen, 4 last_seen, 5 version, 6 health_at, 7 health, 8 verdicts */
#define DEVICE                                                                                            \
    "SELECT id, name, issued, first_seen, last_seen, version, health_at, health, verdicts FROM device "

/* 1 id, 2 limit */
static const char *const sql[NRS_COL_QUERIES] = {
    [NRS_COL_Q_NEWEST] = VERDICT "WHERE v.last<?1 ORDER BY v.last DESC LIMIT ?2",
    [NRS_COL_Q_AFTER] = VERDICT "WHERE v.last>?1 ORDER BY v.last LIMIT ?2",
    [NRS_COL_Q_VERDICT] =
        VERDICT "WHERE v.id=(SELECT coalesce(verdict, id) FROM record WHERE id=?1) LIMIT ?2",
    [NRS_COL_Q_DEVICES] = DEVICE "INDEXED BY device_seen ORDER BY last_seen DESC, id LIMIT ?2",
    [NRS_COL_Q_DEVICES_AFTER] = DEVICE "WHERE id>?1 ORDER BY id LIMIT ?2",
    [NRS_COL_Q_PROGRAMS] =
        "SELECT r.id, d.name, r.received, r.line FROM record r JOIN device d ON d.id=r.device"
        " WHERE r.kind=3 AND r.id<?1 ORDER BY r.id DESC LIMIT ?2",
};

/* Of one verdict, 1: its id, 2: rows. */
static const char matrix_sql[] =
    "SELECT line FROM record WHERE id=(SELECT evidence FROM verdict WHERE id=?1) LIMIT ?2";
static const char history_sql[] =
    "SELECT id, received, line FROM (SELECT id, received, line FROM record WHERE verdict=?1 AND kind=0"
    " ORDER BY id DESC LIMIT ?2)"
    " UNION ALL SELECT id, received, line FROM record WHERE id=?1 AND kind=0 LIMIT ?2";
static const char others_sql[] =
    "SELECT x.last, d.name, x.risk, x.opened FROM verdict v JOIN verdict x ON x.dst=v.dst AND x.port=v.port"
    " JOIN device d ON d.id=x.device WHERE v.id=?1 AND x.id<>v.id ORDER BY x.last DESC LIMIT ?2";

typedef void (*part)(struct nrs_text *t, void *row);

static void key(struct nrs_text *t, const char *before, const char *name)
{
    nrs_text_raw(t, before);
    nrs_text_string(t, name);
    nrs_text_raw(t, ":");
}

/* A column as a number, a string, or as the JSON text that was checked when it came in. */
static void number(struct nrs_text *t, const char *before, const char *name, sqlite3_stmt *s, int column)
{
    key(t, before, name);
    if (sqlite3_column_type(s, column) == SQLITE_NULL)
        nrs_text_raw(t, "null");
    else
        nrs_text_i64(t, sqlite3_column_int64(s, column));
}

static void string(struct nrs_text *t, const char *name, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);

    key(t, ",", name);
    if (text == NULL)
        nrs_text_raw(t, "null");
    else
        nrs_text_string(t, text);
}

static void line(struct nrs_text *t, const char *name, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);

    key(t, ",", name);
    nrs_text_raw(t, text != NULL ? text : "null");
}

static void write_verdict(struct nrs_text *t, void *row)
{
    sqlite3_stmt *s = row;

    number(t, "{", "id", s, 0);
    number(t, ",", "verdict", s, 1);
    string(t, "device", s, 2);
    number(t, ",", "opened", s, 3);
    number(t, ",", "received", s, 4);
    number(t, ",", "records", s, 5);
    number(t, ",", "devices", s, 6);
    key(t, ",", "evidence");
    nrs_text_raw(t, sqlite3_column_type(s, 7) == SQLITE_NULL ? "false" : "true");
    line(t, "record", s, 8);
    line(t, "combo", s, 9);
}

static void write_row(struct nrs_text *t, void *row)
{
    write_verdict(t, row);
    nrs_text_raw(t, "}");
}

static void write_device(struct nrs_text *t, void *row)
{
    sqlite3_stmt *s = row;

    number(t, "{", "id", s, 0);
    string(t, "name", s, 1);
    number(t, ",", "issued", s, 2);
    number(t, ",", "first_seen", s, 3);
    number(t, ",", "last_seen", s, 4);
    string(t, "version", s, 5);
    number(t, ",", "health_at", s, 6);
    line(t, "health", s, 7);
    number(t, ",", "verdicts", s, 8);
    nrs_text_raw(t, "}");
}

static void write_program(struct nrs_text *t, void *row)
{
    sqlite3_stmt *s = row;

    number(t, "{", "id", s, 0);
    string(t, "device", s, 1);
    number(t, ",", "received", s, 2);
    line(t, "record", s, 3);
    nrs_text_raw(t, "}");
}

static void write_history(struct nrs_text *t, void *row)
{
    sqlite3_stmt *s = row;

    number(t, "{", "id", s, 0);
    number(t, ",", "received", s, 1);
    line(t, "record", s, 2);
    nrs_text_raw(t, "}");
}

static void write_other(struct nrs_text *t, void *row)
{
    sqlite3_stmt *s = row;

    number(t, "{", "id", s, 0);
    string(t, "device", s, 1);
    number(t, ",", "risk", s, 2);
    number(t, ",", "opened", s, 3);
    nrs_text_raw(t, "}");
}

static void write_matrix(struct nrs_text *t, void *row)
{
    nrs_text_raw(t, (const char *)sqlite3_column_text(row, 0));
}

static const struct {
    const char *name;
    part write;
} lists[NRS_COL_QUERIES] = {
    [NRS_COL_Q_NEWEST] = {"verdicts", write_row},        [NRS_COL_Q_AFTER] = {"verdicts", write_row},
    [NRS_COL_Q_VERDICT] = {NULL, write_verdict},         [NRS_COL_Q_DEVICES] = {"devices", write_device},
    [NRS_COL_Q_DEVICES_AFTER] = {"devices", write_device}, [NRS_COL_Q_PROGRAMS] = {"programs", write_program},
};

/* Appends the rows of a statement, with commas; *id is set to the second column of the last row, for a
 * verdict its id. Returns how many rows there were, or NRS_ERR_IO. */
static int add_rows(struct nrs_col_sqlite *store, struct nrs_col_answer *out, const char *text, int64_t id,
                    int64_t limit, part write, int64_t *last)
{
    sqlite3_stmt *s = NULL;
    int n = 0, got = SQLITE_ERROR;

    if (sqlite3_prepare_v2(store->db, text, -1, &s, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(s, 1, id);
        (void)sqlite3_bind_int64(s, 2, limit);
        while (!out->failed && (got = sqlite3_step(s)) == SQLITE_ROW) {
            if (n++ > 0)
                nrs_col_answer_raw(out, ",");
            if (last != NULL)
                *last = sqlite3_column_int64(s, 1);
            nrs_col_answer_add(out, write, s);
        }
        store->base.steps += (uint64_t)sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 0);
        store->base.scans += (uint64_t)sqlite3_stmt_status(s, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    }
    if (got != SQLITE_DONE)
        n = nrs_col_sqlite_fail(store);
    sqlite3_finalize(s);
    return n;
}

/* The rest of one verdict: its evidence, its records, and the same destination elsewhere. */
static int add_details(struct nrs_col_sqlite *store, struct nrs_col_answer *out, int64_t id)
{
    int n;

    nrs_col_answer_raw(out, ",\"matrix\":");
    n = add_rows(store, out, matrix_sql, id, 1, write_matrix, NULL);
    nrs_col_answer_raw(out, n == 0 ? "null,\"history\":[" : ",\"history\":[");
    if (n >= 0)
        n = add_rows(store, out, history_sql, id, LISTED, write_history, NULL);
    nrs_col_answer_raw(out, "],\"others\":[");
    if (n >= 0)
        n = add_rows(store, out, others_sql, id, LISTED, write_other, NULL);
    nrs_col_answer_raw(out, "]}");
    return n < 0 ? n : 0;
}

struct heading {
    const char *name;
    int64_t now;
};

static void write_heading(struct nrs_text *t, void *arg)
{
    const struct heading *h = arg;

    nrs_text_raw(t, "{\"now\":");
    nrs_text_i64(t, h->now);
    key(t, ",", h->name);
    nrs_text_raw(t, "[");
}

int nrs_col_sqlite_query(struct nrs_col_store *store, const struct nrs_col_query *q, int64_t now,
                         struct nrs_col_answer *out)
{
    struct nrs_col_sqlite *s = (struct nrs_col_sqlite *)store;
    struct heading h = {lists[q->kind].name, now};
    int64_t id = 0;
    int n;

    store->steps = store->scans = 0;
    if (h.name != NULL)
        nrs_col_answer_add(out, write_heading, &h);
    n = add_rows(s, out, sql[q->kind], q->id, q->kind == NRS_COL_Q_VERDICT ? 1 : q->limit,
                 lists[q->kind].write, q->kind == NRS_COL_Q_VERDICT ? &id : NULL);
    if (h.name != NULL)
        nrs_col_answer_raw(out, "]}");
    else if (n == 0)
        return NRS_ERR_RANGE;
    else if (n > 0)
        n = add_details(s, out, id);
    return n < 0 ? n : out->failed ? NRS_ERR_SPACE : 0;
}
