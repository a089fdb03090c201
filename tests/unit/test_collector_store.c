/* The store: once per device and event.id, one row a verdict, health beside it. */
#include "tests/store_fixture.h"

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
        WITH_STORE(day_of_a_device_is_limited_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
