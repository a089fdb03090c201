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
    p->day_cap = 1000;
    return p;
}

/* Stores the lines and returns how many were new. */
static unsigned put_at(struct lab *lab, const char *device, const char *lines, int64_t now)
{
    struct nrs_col_post *p = post(device, lines);
    unsigned n_new;

    assert_int_equal(lab->store->ops->commit(lab->store, p, now), 0);
    n_new = p->n_new;
    nrs_col_post_free(p);
    return n_new;
}

static unsigned put(struct lab *lab, const char *device, const char *lines)
{
    return put_at(lab, device, lines, 1000);
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

/* Many verdicts of one device at one destination, each with two records and evidence, and as many of others: what made
 * every list slow when it counted for each row. */
static void fill(struct lab *lab, unsigned n)
{
    static const char sql[] =
        "BEGIN;"
        "INSERT INTO device(id, name, last_seen) WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT %1$u)"
        " SELECT i, 'd' || i, i FROM c;"
        "INSERT INTO record(id, device, event, received, kind, verdict, line)"
        " WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT %1$u)"
        " SELECT 2*i, 1, 'a' || i, i, 0, NULL, '{}' FROM c UNION ALL SELECT 2*i+1, 1, 'b' || i, i, 3*(i%%2), 2*(i/9*9), '{}' FROM c;"
        "INSERT INTO verdict(id, device, boot, d, seq, last, opened, risk, dst, port, records)"
        " WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT %1$u)"
        " SELECT 2*i, iif(i%%2, 1, i), 'b', i, 1, 2*i, i, 50, '203.0.113.7', 443, 2 FROM c;"
        "COMMIT";
    char text[2048];

    (void)snprintf(text, sizeof text, sql, n);
    if (sqlite3_exec(lab->db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(lab->db));
}

static void queries_cost_as_much_as_they_show(void **state)
{
    static const char *const urls[] = {"/api/verdicts?limit=1000", "/api/verdicts?before=9001&limit=1000",
                                       "/api/verdicts?after=5&limit=1000", "/api/verdicts/18", "/api/devices",
                                       "/api/devices?after=7", "/api/programs", "/api/programs?before=9001"};
    struct lab *lab = *state;

    fill(lab, 12000);
    assert_int_equal(number(lab, "SELECT devices FROM destination"), 6001);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char *json = ask(lab, urls[i]);

        assert_non_null(json);
        free(json);
        if (lab->store->steps > 200000 || lab->store->steps == 0 || lab->store->scans > NRS_COL_QUERY_ROWS)
            fail_msg("%s: %u steps, %u rows in full scans", urls[i], (unsigned)lab->store->steps, (unsigned)lab->store->scans);
    }
}

static void destination_forgets_devices_whose_verdicts_are_gone(void **state)
{
    struct lab *lab = *state;

    put(lab, "one", beacon(1, 1, "open", 90));
    put(lab, "one", beacon(2, 2, "open", 90));
    put(lab, "two", beacon(1, 1, "open", 90));
    assert_int_equal(number(lab, "SELECT devices FROM destination"), 2);
    assert_int_equal(number(lab, "SELECT verdicts FROM device WHERE name='one'"), 2);
    assert_int_equal(sqlite3_exec(lab->db, "DELETE FROM verdict WHERE d=2", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(number(lab, "SELECT devices FROM destination"), 2);
    assert_int_equal(sqlite3_exec(lab->db, "DELETE FROM verdict WHERE device=1", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(number(lab, "SELECT devices FROM destination"), 1);
    assert_int_equal(number(lab, "SELECT verdicts FROM device WHERE name='one'"), 0);
    assert_int_equal(sqlite3_exec(lab->db, "DELETE FROM verdict", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(number(lab, "SELECT count(*) FROM destination"), 0);
}

static void late_records_are_counted(void **state)
{
    struct lab *lab = *state;

    put(lab, "one", evidence(2, 7));
    put(lab, "one", beacon(9, 7, "update", 60));
    put(lab, "one", beacon(5, 7, "open", 95));
    assert_int_equal(number(lab, "SELECT records FROM verdict"), 2);
    assert_int_equal(number(lab, "SELECT risk FROM verdict"), 60);
}

static void day_of_a_device_is_limited_and_ends(void **state)
{
    static const char health[] = "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"metric\",\"event.dataset\":"
                                 "\"noroshi.health\",\"event.id\":\"h-b1-1\",\"noroshi\":{\"v\":1,\"q\":12}}\n";
    struct lab *lab = *state;
    struct nrs_col_post *a = post("one", beacon(1, 1, "open", 90)), *b = post("one", beacon(2, 2, "open", 90));
    struct nrs_col_post *other = post("two", beacon(1, 1, "open", 90)), *alive = post("one", health);

    a->day_cap = b->day_cap = other->day_cap = alive->day_cap = 1;
    a->next = b;
    b->next = other;
    other->next = alive;
    for (int turn = 0; turn < 2; turn++) { /* the second time all of it is known */
        assert_int_equal(lab->store->ops->commit(lab->store, a, 1000), 0);
        assert_int_equal(a->rc, turn == 0 ? 0 : NRS_ERR_LIMIT);
        assert_int_equal(b->rc, NRS_ERR_LIMIT);
        assert_int_equal(other->rc, turn == 0 ? 0 : NRS_ERR_LIMIT);
        assert_int_equal(alive->rc, 0);
        assert_int_equal(number(lab, "SELECT count(*) FROM record"), 2);
    }
    assert_int_equal(lab->store->ops->commit(lab->store, b, 1000 + 86400), 0);
    assert_int_equal(b->rc, 0);
    assert_int_equal(b->n_new, 1);
    nrs_col_post_free(a);
    nrs_col_post_free(b);
    nrs_col_post_free(other);
    nrs_col_post_free(alive);
}

static void old_records_go_with_their_verdicts(void **state)
{
    static const struct nrs_col_retention keep = {.days = 90};
    const int64_t day = 86400;
    struct lab *lab = *state;
    unsigned n;
    char *json;

    put(lab, "one", beacon(1, 1, "open", 90)); /* at 1000 s; goes on below */
    put(lab, "one", evidence(2, 1));
    put(lab, "one", beacon(3, 2, "open", 90)); /* over */
    put(lab, "one", evidence(4, 3));           /* without a verdict */
    put_at(lab, "one", beacon(5, 1, "update", 91), 50 * day);
    assert_int_equal(lab->store->ops->retire(lab->store, &keep, 90 * day, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(lab->store->ops->retire(lab->store, &keep, 91 * day, &n), 0);
    assert_int_equal(n, 4);
    assert_int_equal(number(lab, "SELECT count(*) FROM record"), 1);
    assert_int_equal(number(lab, "SELECT count(*) FROM verdict"), 1);
    assert_int_equal(number(lab, "SELECT verdicts FROM device"), 1);
    json = ask(lab, "/api/verdicts/5");
    assert_non_null(strstr(json, "\"evidence\":false,"));
    assert_non_null(strstr(json, "\"matrix\":null,\"history\":[{\"id\":5,"));
    free(json);
    assert_int_equal(lab->store->ops->retire(lab->store, &keep, 91 * day, &n), 0);
    assert_int_equal(n, 0);
}

static void full_store_loses_its_oldest_and_its_pages(void **state)
{
    static const struct nrs_col_retention keep = {.mib = 2};
    struct lab *lab = *state;
    int64_t pages;
    unsigned n, turns = 0;

    fill(lab, 12000);
    pages = number(lab, "PRAGMA page_count");
    do {
        assert_int_equal(lab->store->ops->retire(lab->store, &keep, 0, &n), 0);
        turns += n > 0;
    } while (n > 0);
    assert_in_range(turns, 1, 11);
    assert_true(number(lab, "PRAGMA page_count") < pages);
    assert_true(number(lab, "PRAGMA page_count") - number(lab, "PRAGMA freelist_count") < 2 * 256);
    assert_int_equal(number(lab, "SELECT max(id) FROM record"), 24001);
    assert_int_equal(number(lab, "SELECT min(last)>=(SELECT min(id) FROM record) FROM verdict"), 1);
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
        WITH_STORE(queries_cost_as_much_as_they_show),
        WITH_STORE(destination_forgets_devices_whose_verdicts_are_gone),
        WITH_STORE(late_records_are_counted),
        WITH_STORE(old_records_go_with_their_verdicts),
        WITH_STORE(full_store_loses_its_oldest_and_its_pages),
        WITH_STORE(day_of_a_device_is_limited_and_ends),
        cmocka_unit_test(senseless_parameters_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
