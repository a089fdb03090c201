/* What is asked of the store: every change once and in order, at a bounded cost; and what it forgets again. */
#include "tests/store_fixture.h"

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

static void lists_are_paged(void **state)
{
    struct lab *lab = *state;
    char *json;

    fill(lab, 5);
    json = ask(lab, "/api/devices?limit=2");
    assert_non_null(strstr(json, "\"devices\":[{\"id\":5,\"name\":\"d5\""));
    assert_non_null(strstr(json, "},{\"id\":4,"));
    assert_null(strstr(json, "\"id\":3,"));
    free(json);
    json = ask(lab, "/api/devices?after=3&limit=1");
    assert_non_null(strstr(json, "\"devices\":[{\"id\":4,\"name\":\"d4\""));
    assert_null(strstr(json, "\"id\":5,"));
    free(json);
    json = ask(lab, "/api/programs?before=11&limit=1");
    assert_non_null(strstr(json, "\"programs\":[{\"id\":7,\"device\":\"d1\",\"received\":3,\"record\":{}}]}"));
    free(json);
}

static void write_some(struct nrs_text *t, void *arg)
{
    for (int i = 0; i < 100; i++)
        nrs_text_raw(t, arg);
}

/* A part that does not fit is written again, whole; above the limit nothing more is taken. */
static void answer_grows_up_to_its_limit(void **state)
{
    char text[1024];
    struct nrs_col_answer a = {0};
    size_t parts = 0;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (; !a.failed; parts++)
        nrs_col_answer_add(&a, write_some, text);
    assert_int_equal(a.len, (parts - 1) * 100 * (sizeof text - 1));
    assert_true(a.len <= NRS_COL_ANSWER_MAX && a.len > NRS_COL_ANSWER_MAX - 2 * 102400);
    assert_int_equal(strlen(a.bytes), a.len);
    nrs_col_answer_raw(&a, "y");
    assert_int_equal(a.len, (parts - 1) * 100 * (sizeof text - 1));
    nrs_col_answer_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(follower_gets_every_change_once_and_in_order),
        WITH_STORE(any_record_leads_to_its_verdict),
        cmocka_unit_test(senseless_parameters_are_refused),
        WITH_STORE(queries_cost_as_much_as_they_show),
        WITH_STORE(destination_forgets_devices_whose_verdicts_are_gone),
        WITH_STORE(lists_are_paged),
        cmocka_unit_test(answer_grows_up_to_its_limit),
        WITH_STORE(late_records_are_counted),
        WITH_STORE(old_records_go_with_their_verdicts),
        WITH_STORE(full_store_loses_its_oldest_and_its_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
