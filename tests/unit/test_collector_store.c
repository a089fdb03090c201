/* The store: once per device and event.id, one row a verdict, health beside it. */
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
#include "tools/collector/store/sqlite.h"

struct lab {
    char dir[64];
    struct nrs_col_store *store;
    sqlite3 *db; /* inside of it */
};

static int start(void **state)
{
    struct lab *lab = calloc(1, sizeof *lab);
    char why[160];

    assert_non_null(lab);
    (void)snprintf(lab->dir, sizeof lab->dir, "/tmp/noroshi-store-XXXXXX");
    assert_non_null(mkdtemp(lab->dir));
    nrs_col_line_init();
    assert_int_equal(nrs_col_store_sqlite.create(lab->dir, why), 0);
    assert_int_equal(nrs_col_store_sqlite.open(&lab->store, lab->dir, NRS_COL_STORE_WRITE, why), 0);
    lab->db = ((struct nrs_col_sqlite *)lab->store)->db;
    *state = lab;
    return 0;
}

static int finish(void **state)
{
    static const char *const names[] = {"noroshi.db", "noroshi.db-wal", "noroshi.db-shm"};
    struct lab *lab = *state;
    char path[128];

    lab->store->ops->close(lab->store);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", lab->dir, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(lab->dir), 0);
    free(lab);
    return 0;
}

/* The lines as that device sends them: the rows below are of the host h. */
static struct nrs_col_post *post(const char *device, const char *lines)
{
    static const char host[] = "\"event.id\":\"h-";
    char why[NRS_COL_WHY + 16], text[8192];
    struct nrs_col_post *p;
    size_t n = 0;

    for (const char *at; (at = strstr(lines, host)) != NULL; lines = at + sizeof host - 1)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s\"event.id\":\"%s-", (int)(at - lines), lines, device);
    n += (size_t)snprintf(text + n, sizeof text - n, "%s", lines);
    p = nrs_col_post_read(device, text, n, why);

    if (p == NULL)
        fail_msg("%s", why);
    return p;
}

/* Stores the lines and returns how many were new. */
static unsigned put(struct lab *lab, const char *device, const char *lines)
{
    struct nrs_col_post *p = post(device, lines);
    unsigned n_new;

    assert_int_equal(lab->store->ops->commit(lab->store, p, 1000), 0);
    n_new = p->n_new;
    nrs_col_post_free(p);
    return n_new;
}

static const char *beacon(unsigned seq, unsigned d, const char *st, int risk)
{
    static char line[4][1024];
    static unsigned turn;
    char *s = line[turn++ % 4];

    (void)snprintf(s, sizeof line[0],
                   "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"alert\",\"event.dataset\":\"noroshi.beacon\","
                   "\"event.id\":\"h-b1-%x\",\"event.risk_score\":%d,\"destination.ip\":\"203.0.113.7\","
                   "\"destination.port\":443,\"rule.id\":\"beacon-7\",\"noroshi\":{\"v\":1,\"st\":\"%s\",\"d\":%u,"
                   "\"w\":\"24h\",\"score\":1,\"n\":9,\"why\":\"bias+1\"}}\n", seq, risk, st, d);
    return s;
}

static int64_t number(struct lab *lab, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int64_t value;

    assert_int_equal(sqlite3_prepare_v2(lab->db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

static void same_event_is_stored_once_per_device(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(put(lab, "one", beacon(1, 1, "open", 90)), 1);
    assert_int_equal(put(lab, "one", beacon(1, 1, "open", 90)), 0);
    assert_int_equal(put(lab, "two", beacon(1, 1, "open", 90)), 1);
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 2);
    assert_int_equal(number(lab, "SELECT count(*) FROM verdict"), 2);
}

static void twice_in_one_request_is_stored_once(void **state)
{
    struct lab *lab = *state;
    char lines[2048];

    (void)snprintf(lines, sizeof lines, "%s%s", beacon(1, 1, "open", 90), beacon(1, 1, "open", 90));
    assert_int_equal(put(lab, "one", lines), 1);
}

static void updates_fold_into_one_row_and_stay_stored(void **state)
{
    struct lab *lab = *state;

    put(lab, "one", beacon(1, 7, "open", 90));
    put(lab, "one", beacon(5, 7, "update", 95));
    put(lab, "one", beacon(9, 7, "end", 60));
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 3);
    assert_int_equal(number(lab, "SELECT count(*) FROM verdict"), 1);
    assert_int_equal(number(lab, "SELECT risk FROM verdict"), 60);
    assert_int_equal(number(lab, "SELECT last FROM verdict"), 3);
}

static void late_record_does_not_turn_a_verdict_back(void **state)
{
    struct lab *lab = *state;

    put(lab, "one", beacon(9, 7, "end", 60));
    put(lab, "one", beacon(5, 7, "update", 95));
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 2);
    assert_int_equal(number(lab, "SELECT risk FROM verdict"), 60);
}

static char *evidence(unsigned seq, unsigned d)
{
    static char line[2048];
    char cells[961];

    memset(cells, 'B', 960);
    cells[960] = '\0';
    (void)snprintf(line, sizeof line,
                   "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"event\",\"event.dataset\":"
                   "\"noroshi.evidence\",\"event.id\":\"h-b1-%x\",\"noroshi\":{\"v\":1,\"of\":\"1\",\"d\":%u,"
                   "\"day\":\"2026-11-21\",\"m4\":\"%s\"}}\n", seq, d, cells);
    return line;
}

static void evidence_finds_its_verdict_in_any_order(void **state)
{
    struct lab *lab = *state;

    put(lab, "one", evidence(2, 7));
    assert_int_equal(number(lab, "SELECT count(*) FROM verdict WHERE last IS NOT NULL"), 0);
    put(lab, "one", beacon(1, 7, "open", 90));
    put(lab, "one", beacon(3, 8, "open", 90));
    put(lab, "one", evidence(4, 8));
    assert_int_equal(number(lab, "SELECT count(*) FROM verdict WHERE last IS NOT NULL AND evidence IS NOT NULL"), 2);
}

static void health_stands_in_its_devices_row(void **state)
{
    struct lab *lab = *state;
    static const char line[] = "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"metric\",\"event.dataset\":"
                               "\"noroshi.health\",\"event.id\":\"h-b1-1\",\"noroshi\":{\"v\":1,\"q\":12}}\n";

    put(lab, "one", line);
    put(lab, "one", line);
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 0);
    assert_int_equal(number(lab, "SELECT json_extract(health,'$.noroshi.q') FROM device"), 12);
}

static void failed_commit_stores_nothing(void **state)
{
    struct lab *lab = *state;
    struct nrs_col_post *p = post("one", beacon(1, 1, "open", 90));

    assert_int_equal(sqlite3_exec(lab->db, "PRAGMA query_only=1", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(lab->store->ops->commit(lab->store, p, 1000), NRS_ERR_IO);
    assert_int_equal(sqlite3_exec(lab->db, "PRAGMA query_only=0", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 0);
    assert_int_equal(lab->store->ops->commit(lab->store, p, 1000), 0);
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 1);
    nrs_col_post_free(p);
}

static void folder_has_one_collector(void **state)
{
    struct lab *lab = *state;
    struct nrs_col_store *second;
    char why[NRS_COL_STORE_WHY];

    assert_int_equal(nrs_col_store_sqlite.open(&second, lab->dir, NRS_COL_STORE_WRITE, why), NRS_ERR_STALE);
    assert_string_equal(why, "another collector is using it");
}

static void newer_schema_is_refused(void **state)
{
    struct lab *lab = *state;
    struct nrs_col_store *reader;
    char why[160];

    assert_int_equal(sqlite3_exec(lab->db, "PRAGMA user_version=99", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(nrs_col_store_sqlite.open(&reader, lab->dir, NRS_COL_STORE_READ, why), NRS_ERR_SCHEMA);
    assert_non_null(strstr(why, "schema 99, this program knows "));
}

static void device_name_is_issued_once(void **state)
{
    struct lab *lab = *state;
    char why[160];

    assert_int_equal(nrs_col_store_sqlite.issue(lab->dir, "gate", 1, why), 0);
    assert_int_equal(nrs_col_store_sqlite.issue(lab->dir, "gate", 1, why), NRS_ERR_RANGE);
}

/* The JSON of an address; the caller frees. NULL if there is no such verdict. */
static char *ask(struct lab *lab, const char *url)
{
    struct nrs_col_answer a = {0};
    struct nrs_col_query q;
    int rc;

    assert_int_equal(nrs_col_route_query(&q, url), 0);
    rc = lab->store->ops->query(lab->store, &q, 1000, &a);
    if (rc == NRS_ERR_RANGE) {
        nrs_col_answer_free(&a);
        return NULL;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(strlen(a.bytes), a.len);
    return a.bytes;
}

static void follower_gets_every_change_once_and_in_order(void **state)
{
    struct lab *lab = *state;
    char *json;

    put(lab, "one", beacon(1, 1, "open", 90));
    put(lab, "one", beacon(2, 2, "open", 80));
    put(lab, "one", beacon(3, 1, "update", 91));
    json = ask(lab, "/api/verdicts?after=1&limit=5");
    assert_non_null(strstr(json, "\"id\":2"));
    assert_true(strstr(json, "\"id\":2") < strstr(json, "\"id\":3"));
    free(json);
    json = ask(lab, "/api/verdicts?after=3");
    assert_string_equal(json, "{\"now\":1000,\"verdicts\":[]}");
    free(json);
}

static void any_record_leads_to_its_verdict(void **state)
{
    struct lab *lab = *state;
    char *json;

    put(lab, "one", beacon(1, 1, "open", 90));
    put(lab, "one", beacon(2, 1, "update", 91));
    put(lab, "one", evidence(3, 1));
    for (int id = 1; id <= 3; id++) {
        char url[32];

        (void)snprintf(url, sizeof url, "/api/verdicts/%d", id);
        json = ask(lab, url);
        assert_non_null(strstr(json, "{\"id\":2,\"verdict\":1,"));
        free(json);
    }
    assert_null(ask(lab, "/api/verdicts/4"));
}

static void senseless_parameters_are_refused(void **state)
{
    static const char *const bad[] = {"/api/verdicts?after=", "/api/verdicts?after=x", "/api/verdicts?after=1x",
                                      "/api/verdicts?limit=99999999999999999999", "/api/verdicts?other=1",
                                      "/api/verdicts/", "/api/verdicts/1/2", "/api/verdicts/-1"};
    struct nrs_col_query q;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(nrs_col_route_query(&q, bad[i]), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_route_query(&q, "/api/verdictsx"), NRS_ERR_UNSUPPORTED);
    assert_int_equal(nrs_col_route_query(&q, "/x"), NRS_ERR_UNSUPPORTED);
    assert_int_equal(nrs_col_route_query(&q, "/api/verdicts?limit=5000&before=7"), 0);
    assert_int_equal(q.limit, NRS_COL_QUERY_ROWS);
    assert_int_equal(q.id, 7);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(same_event_is_stored_once_per_device),
        WITH_STORE(twice_in_one_request_is_stored_once),
        WITH_STORE(updates_fold_into_one_row_and_stay_stored),
        WITH_STORE(late_record_does_not_turn_a_verdict_back),
        WITH_STORE(evidence_finds_its_verdict_in_any_order),
        WITH_STORE(health_stands_in_its_devices_row),
        WITH_STORE(failed_commit_stores_nothing),
        WITH_STORE(folder_has_one_collector),
        WITH_STORE(newer_schema_is_refused),
        WITH_STORE(device_name_is_issued_once),
        WITH_STORE(follower_gets_every_change_once_and_in_order),
        WITH_STORE(any_record_leads_to_its_verdict),
        cmocka_unit_test(senseless_parameters_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
