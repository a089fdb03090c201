/* A file of version 1, made by the statements that version 1 had, comes up to date with everything that was in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/base/error.h"
#include "tools/collector/routes/routes.h"
#include "tools/collector/store/export.h"
#include "tools/collector/store/migrate.h"
#include "tools/collector/store/sqlite.h"

/* Word for word what version 1 ran; not to be changed. */
static const char version_1[] =
    "PRAGMA journal_mode=WAL;"
    "BEGIN;"
    "CREATE TABLE device("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " issued INTEGER,"
    " first_seen INTEGER,"
    " last_seen INTEGER,"
    " version TEXT,"
    " health TEXT,"
    " health_at INTEGER);"
    "CREATE TABLE record("
    " id INTEGER PRIMARY KEY,"
    " device INTEGER NOT NULL REFERENCES device,"
    " event TEXT NOT NULL,"
    " received INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " verdict INTEGER,"
    " line TEXT NOT NULL);"
    "CREATE UNIQUE INDEX record_event ON record(device, event);"
    "CREATE INDEX record_verdict ON record(verdict) WHERE verdict IS NOT NULL;"
    "CREATE TABLE verdict("
    " id INTEGER PRIMARY KEY,"
    " device INTEGER NOT NULL REFERENCES device,"
    " boot TEXT NOT NULL,"
    " d INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " last INTEGER,"
    " opened INTEGER NOT NULL,"
    " risk INTEGER,"
    " dst TEXT,"
    " port INTEGER,"
    " evidence INTEGER);"
    "CREATE UNIQUE INDEX verdict_number ON verdict(device, boot, d);"
    "CREATE INDEX verdict_last ON verdict(last) WHERE last IS NOT NULL;"
    "CREATE INDEX verdict_dst ON verdict(dst, port, device) WHERE dst IS NOT NULL;"
    "PRAGMA user_version=1;"
    "COMMIT;";
static const char version_1_later[] = "CREATE INDEX IF NOT EXISTS record_packer ON record(id) WHERE kind=3";

#define LINE(seq, st)                                                                                          \
    "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"alert\",\"event.dataset\":\"noroshi.beacon\","      \
    "\"event.id\":\"one-b1-" seq "\",\"event.risk_score\":90,\"destination.ip\":\"203.0.113.7\",\"extra\":[1],"  \
    "\"destination.port\":443,\"rule.id\":\"beacon-7\",\"noroshi\":{\"v\":1,\"st\":\"" st "\",\"d\":7,\"w\":\"24h\"," \
    "\"score\":1,\"n\":9,\"why\":\"bias+1\"}}"

/* Two devices at one destination; one verdict with an update and a joined record; evidence that came first. */
static const char rows[] =
    "INSERT INTO device VALUES(1,'one',5,6,70,'0.1','{\"noroshi\":{\"q\":1}}',70),(2,'two',5,6,60,NULL,NULL,NULL),"
    "(3,'new',5,NULL,NULL,NULL,NULL,NULL);"
    "INSERT INTO record VALUES(1,1,'one-b1-1',10,0,NULL,'" LINE("1", "open") "'),"
    "(2,1,'one-b1-2',11,0,1,'" LINE("2", "update") "'),(3,1,'one-b1-3',12,4,1,'{}'),"
    "(4,2,'two-b1-1',13,1,NULL,'{}'),(5,2,'two-b1-2',14,0,4,'" LINE("5", "open") "');"
    "INSERT INTO verdict VALUES(1,1,'b1',7,2,2,10,90,'203.0.113.7',443,NULL),"
    "(4,2,'b1',9,2,5,13,80,'203.0.113.7',443,4);";

struct lab {
    char dir[64];
};

static void make_file(struct lab *lab, bool later)
{
    sqlite3 *db = NULL;
    char path[128];

    (void)snprintf(lab->dir, sizeof lab->dir, "/tmp/noroshi-migrate-XXXXXX");
    assert_non_null(mkdtemp(lab->dir));
    (void)snprintf(path, sizeof path, "%s/noroshi.db", lab->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
    if (later)
        assert_int_equal(sqlite3_exec(db, version_1_later, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void remove_file(struct lab *lab)
{
    static const char *const names[] = {"noroshi.db", "noroshi.db-wal", "noroshi.db-shm"};
    char path[128];

    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", lab->dir, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(lab->dir), 0);
}

static int64_t number(struct nrs_col_store *store, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int64_t value;

    assert_int_equal(sqlite3_prepare_v2(((struct nrs_col_sqlite *)store)->db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

static void check(struct nrs_col_store *store)
{
    struct nrs_col_query q = {.kind = NRS_COL_Q_AFTER, .limit = 10};
    struct nrs_col_answer a = {0};

    assert_int_equal(number(store, "PRAGMA user_version"), nrs_col_schema);
    assert_int_equal(number(store, "PRAGMA auto_vacuum"), 2);
    assert_int_equal(number(store, "SELECT count(*) FROM record"), 5);
    assert_int_equal(number(store, "SELECT records FROM verdict WHERE id=1"), 2);
    assert_int_equal(number(store, "SELECT combo FROM verdict WHERE id=1"), 3);
    assert_int_equal(number(store, "SELECT records FROM verdict WHERE id=4"), 1);
    assert_int_equal(number(store, "SELECT devices FROM destination"), 2);
    assert_int_equal(number(store, "SELECT group_concat(verdicts, '') FROM device"), 110);
    assert_int_equal(store->ops->query(store, &q, 1000, &a), 0);
    assert_non_null(strstr(a.bytes, "{\"id\":2,\"verdict\":1,\"device\":\"one\",\"opened\":10,\"received\":11,\"records\":2,"
                                    "\"devices\":2,\"evidence\":false,\"record\":{"));
    assert_non_null(strstr(a.bytes, "{\"id\":5,\"verdict\":4,\"device\":\"two\",\"opened\":13,\"received\":14,\"records\":1,"
                                    "\"devices\":2,\"evidence\":true,\"record\":{"));
    nrs_col_answer_free(&a);
}

static void file_of_version_1_comes_up_to_date(void **state)
{
    struct nrs_col_store *store;
    char why[NRS_COL_STORE_WHY];
    struct lab lab;

    (void)state;
    for (int later = 0; later <= 1; later++) {
        make_file(&lab, later);
        for (int turn = 0; turn < 2; turn++) { /* the second start finds nothing to do */
            assert_int_equal(nrs_col_store_sqlite.open(&store, lab.dir, NRS_COL_STORE_WRITE, why), 0);
            check(store);
            store->ops->close(store);
        }
        remove_file(&lab);
    }
}

/* `export` and `device` work before the first `run` of a newer program. */
static void file_of_version_1_is_read_and_extended_as_it_is(void **state)
{
    char why[NRS_COL_STORE_WHY], text[4096] = "";
    struct lab lab;
    FILE *out;

    (void)state;
    make_file(&lab, false);
    assert_int_equal(nrs_col_store_sqlite.issue(lab.dir, "gate", 9, why), 0);
    out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    assert_int_equal(nrs_col_export(lab.dir, NRS_COL_NDJSON, 1, out), 0);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "\"event.id\":\"one-b1-2\",\"host.id\":\"one\""));
    assert_null(strstr(text, "one-b1-1"));
    assert_null(strstr(text, "extra"));
    remove_file(&lab);
}

/* A step that fails leaves the file at the step before, whole. */
static void step_that_fails_changes_nothing(void **state)
{
    struct nrs_col_store *store;
    char why[NRS_COL_STORE_WHY], path[128];
    sqlite3 *db = NULL;
    struct lab lab;

    (void)state;
    make_file(&lab, false);
    (void)snprintf(path, sizeof path, "%s/noroshi.db", lab.dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE destination(x)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(nrs_col_store_sqlite.open(&store, lab.dir, NRS_COL_STORE_WRITE, why), NRS_ERR_IO);
    assert_string_equal(why, "table destination already exists");
    assert_int_equal(nrs_col_schema_of(db), 1);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE destination", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(nrs_col_store_sqlite.open(&store, lab.dir, NRS_COL_STORE_WRITE, why), 0);
    check(store);
    store->ops->close(store);
    remove_file(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_of_version_1_comes_up_to_date),
        cmocka_unit_test(file_of_version_1_is_read_and_extended_as_it_is),
        cmocka_unit_test(step_that_fails_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
