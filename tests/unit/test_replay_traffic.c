/* Traffic time of noroshi-replay: windows tumble from the first record, rows are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tools/replay/model_source.h"
#include "tools/replay/replay.h"

#define NS    UINT64_C(1000000000)
#define START UINT64_C(1700000040)

static struct {
    struct nrs_replay_options options;
    struct nrs_replay_model model;
    struct nrs_replay replay;
    FILE *out;
    char *text;
    size_t len;
} run;

static void begin(bool all, enum nrs_window window)
{
    run.options =
        (struct nrs_replay_options){.all = all, .window = window, .host_id = "test", .capacity = 64};
    assert_true(nrs_replay_model_open(&run.model, "none"));
    run.out = open_memstream(&run.text, &run.len);
    assert_non_null(run.out);
    assert_int_equal(nrs_replay_init(&run.replay, &run.options, &run.model.model, run.out), 0);
}

/* A connection of host 10.0.0.<host> to 192.0.2.1:443 at START + t_ms. */
static void flow(uint8_t host, int64_t t_ms)
{
    struct nrs_flow f = {.t_ns = (uint64_t)((int64_t)(START * 1000) + t_ms) * 1000000,
                         .dur_ms = 10,
                         .weight = 1,
                         .rport = 443,
                         .proto = NRS_PROTO_TCP,
                         .ev = NRS_EV_WHOLE,
                         .dir = NRS_DIR_OUT,
                         .end = NRS_END_FIN};

    f.local.b[10] = f.local.b[11] = f.remote.b[10] = f.remote.b[11] = 0xff;
    memcpy(f.local.b + 12, (uint8_t[]){10, 0, 0, host}, 4);
    memcpy(f.remote.b + 12, (uint8_t[]){192, 0, 2, 1}, 4);
    nrs_replay_flow(&run.replay, &f, NULL);
}

static void finish(void)
{
    if (run.options.all)
        nrs_replay_end_file(&run.replay, "test");
    nrs_replay_finish(&run.replay);
    fclose(run.out);
}

static void release(void)
{
    nrs_replay_done(&run.replay);
    free(run.text);
}

/* How many rows say `from` START + from_s and n connections of the host. */
static int rows(uint8_t host, uint64_t from_s, unsigned n)
{
    char want[128];
    const char *at = run.text;
    int found = 0;

    snprintf(want, sizeof want, "\"source.ip\":\"10.0.0.%u\"", host);
    for (; (at = strstr(at, want)); at++) {
        char tail[128];
        const char *end = strchr(at, '\n');

        snprintf(tail, sizeof tail, "\"noroshi\":{\"from\":%llu,\"n\":%u,",
                 (unsigned long long)(START + from_s), n);
        const char *hit = strstr(at, tail);

        found += hit && hit < end;
    }
    return found;
}

static void windows_tumble_from_the_second_of_the_first_record(void **state)
{
    (void)state;
    begin(true, NRS_WINDOW_1H);
    flow(1, 900);     /* START + 0.9 s: the window begins at START */
    flow(1, 3599999); /* last millisecond of the first window */
    flow(1, 3600000); /* first of the second */
    flow(2, 3600000 + 3599999);
    finish();
    assert_int_equal(rows(1, 0, 2), 1);
    assert_int_equal(rows(1, 3600, 1), 1);
    assert_int_equal(rows(2, 3600, 1), 1);
    assert_int_equal(run.replay.totals.lines, 3);
    release();
}

static void windows_without_traffic_are_passed_over(void **state)
{
    (void)state;
    begin(true, NRS_WINDOW_1H);
    flow(1, 0);
    flow(1, INT64_C(86400000) * 365 + 1800000); /* a year and half an hour later */
    finish();
    assert_int_equal(rows(1, 0, 1), 1);
    assert_int_equal(rows(1, 86400 * 365, 1), 1);
    assert_int_equal(run.replay.totals.lines, 2);
    release();
}

static void a_flow_from_the_past_within_the_window_counts(void **state)
{
    (void)state;
    begin(true, NRS_WINDOW_1H);
    flow(1, 0);
    flow(1, 1800000);
    flow(1, 600000);
    finish();
    assert_int_equal(rows(1, 0, 3), 1);
    release();
}

static void an_evicted_destination_still_has_its_row(void **state)
{
    (void)state;
    begin(true, NRS_WINDOW_1H);
    for (int host = 0; host < 200; host++)
        flow((uint8_t)host, host * 1000);
    finish();
    assert_true(run.replay.totals.evicted > 0);
    for (int host = 0; host < 200; host++)
        assert_int_equal(rows((uint8_t)host, 0, 1), 1);
    release();
}

static void each_file_has_windows_of_its_own(void **state)
{
    (void)state;
    begin(true, NRS_WINDOW_6H);
    flow(1, 1000000);
    nrs_replay_end_file(&run.replay, "test");
    flow(1, 0); /* an older file */
    finish();
    assert_int_equal(rows(1, 1000, 1), 1);
    assert_int_equal(rows(1, 0, 1), 1);
    release();
}

static void a_long_silence_costs_a_day_of_minutes_at_most(void **state)
{
    (void)state;
    begin(false, NRS_WINDOW_24H);
    flow(1, 0);
    flow(1, INT64_C(86400000) * 365 * 100);
    assert_true(run.replay.next_ns > (START + UINT64_C(86400) * 365 * 100) * NS);
    assert_true(run.replay.next_ns <= (START + UINT64_C(86400) * 365 * 100 + 60) * NS);
    finish();
    assert_int_equal(run.replay.totals.lines, 0);
    release();
}

static void nothing_read_prints_nothing(void **state)
{
    (void)state;
    begin(true, NRS_WINDOW_24H);
    finish();
    assert_int_equal(run.len, 0);
    release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_tumble_from_the_second_of_the_first_record),
        cmocka_unit_test(windows_without_traffic_are_passed_over),
        cmocka_unit_test(a_flow_from_the_past_within_the_window_counts),
        cmocka_unit_test(an_evicted_destination_still_has_its_row),
        cmocka_unit_test(each_file_has_windows_of_its_own),
        cmocka_unit_test(a_long_silence_costs_a_day_of_minutes_at_most),
        cmocka_unit_test(nothing_read_prints_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
