/* The life of a verdict: opened, updated, ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

static struct cf cf;

static int hourly(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .update_s = 3600, .close_s = 7200};

    (void)state;
    return cf_open(&cf, &conf);
}

static int closed(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

static void quiet(unsigned from_min, unsigned to_min)
{
    cf_tick(&cf, CF_START + from_min * CF_MINUTE, CF_START + to_min * CF_MINUTE);
}

static void five_connections_are_not_judged(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 5, 60);
    assert_int_equal(cf.n_judged, 0);
}

static void the_seventh_regular_connection_opens_a_verdict(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 6, 60); /* flagged, but for the first time */
    assert_int_equal(cf.n_judged, 0);
    assert_int_equal(cf_stats(&cf).flagged, 0);
    cf_beacon(&cf, 1, 6, 7, 60);
    assert_int_equal(cf.n_judged, 1);
    assert_int_equal(cf.last.state, NRS_STATE_OPEN);
    assert_true(cf.last.flagged);
    assert_int_equal(cf.last.dest_id, 1);
    assert_int_equal(cf.last.score_mlogit, 2000);
    assert_int_equal(cf.last.risk, 95);
    assert_int_equal(cf.last.n, 7);
    assert_int_equal(cf.last.period_ms, 60000);
    assert_int_equal(cf.last.jitter_pct, 0);
    assert_int_equal(cf.last.age_s, 420);
    assert_int_equal(cf.last.tx_med, 300);
    assert_true(cf.last.t_ns == CF_START + 7 * CF_MINUTE);
    assert_int_equal(cf_stats(&cf).flagged, 1);
}

static void what_is_flagged_by_turns_has_to_wait(void **state)
{
    struct nrs_model never = cf.model;

    (void)state;
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        never.threshold_mlogit[w] = 3501;
    for (unsigned m = 0; m < 60; m++) {
        nrs_core_set_model(cf.core, m % 2 ? &cf.model : &never);
        cf_beacon(&cf, 1, m, m + 1, 60);
    }
    assert_int_equal(cf.n_judged, 0);
    cf_beacon(&cf, 1, 60, 68, 60); /* the model that flags is still there, since eight minutes */
    assert_int_equal(cf.n_judged, 0);
    cf_beacon(&cf, 1, 68, 69, 60); /* an eighth of 69 are 8.6 */
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
}

static void the_first_update_comes_when_the_connections_have_doubled(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 13, 60);
    assert_int_equal(cf.n_judged, 1);
    assert_int_equal(cf.last.n, 7);
    cf_beacon(&cf, 1, 13, 14, 60);
    assert_int_equal(cf.n_state[NRS_STATE_UPDATE], 1);
    assert_int_equal(cf.last.n, 14);
}

static void it_is_updated_after_update_s_with_the_same_d(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 73, 60);
    assert_int_equal(cf.n_judged, 2);
    cf_beacon(&cf, 1, 73, 74, 60);
    assert_int_equal(cf.n_state[NRS_STATE_UPDATE], 2);
    assert_int_equal(cf.last.dest_id, 1);
    cf_beacon(&cf, 1, 74, 134, 60);
    assert_int_equal(cf.n_state[NRS_STATE_UPDATE], 3);
    assert_int_equal(cf.n_judged, 4);
}

static void it_ends_after_close_s_with_the_same_d(void **state)
{
    (void)state;
    cf.core->last_verdict = 41; /* the next one is 42 */
    cf_beacon(&cf, 1, 0, 10, 60);
    assert_int_equal(cf.last.dest_id, 42);
    quiet(10, 179); /* silent for two hours at minute 130; looked for once an hour */
    assert_int_equal(cf.n_state[NRS_STATE_END], 0);
    quiet(179, 180);
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    assert_int_equal(cf.last.dest_id, 42);
    assert_int_equal(cf.last.window, NRS_WINDOW_24H);
    assert_int_equal(cf.last.n, 10);
    assert_int_equal(cf_stats(&cf).flagged, 0);
    quiet(180, 1000);
    assert_int_equal(cf.n_judged, 2);
}

static void it_opens_again_with_a_new_d(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 10, 60);
    quiet(10, 300);
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    cf_beacon(&cf, 1, 300, 315, 60); /* known for five hours: 15 minutes */
    assert_int_equal(cf.last.state, NRS_STATE_END);
    cf_beacon(&cf, 1, 315, 316, 60);
    assert_int_equal(cf.last.state, NRS_STATE_OPEN);
    assert_int_equal(cf.last.dest_id, 2);
}

static void it_ends_when_an_update_is_due_and_it_is_no_longer_flagged(void **state)
{
    uint32_t seed = 3;

    (void)state;
    cf_beacon(&cf, 1, 0, 10, 60);
    for (unsigned m = 10; m < 600; m += 1 + cf_random(&seed) % 20) {
        cf_send(&cf, 1, CF_START + m * CF_MINUTE);
        nrs_core_tick(cf.core, CF_START + (m + 1) * CF_MINUTE, cf_keep, &cf);
    }
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    assert_false(cf.last.flagged);
}

static void it_ends_when_every_window_falls_below_min_conns(void **state)
{
    cf.core->conf.close_s = 10 * 86400;
    (void)state;
    cf_beacon(&cf, 1, 0, 10, 60);
    for (unsigned h = 30; h < 200 && !cf.n_state[NRS_STATE_END]; h += 12) { /* twice a day: never six in 24 hours */
        cf_send(&cf, 1, CF_START + h * CF_HOUR);
        nrs_core_tick(cf.core, CF_START + h * CF_HOUR + CF_MINUTE, cf_keep, &cf);
    }
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    assert_int_equal(cf.last.dest_id, 1);
}

static void bytes_inside_a_connection_keep_a_verdict_open(void **state)
{
    struct nrs_flow f = cf_flow(1, 0);

    (void)state;
    cf_beacon(&cf, 1, 0, 10, 60);
    f.ev = NRS_EV_SNAP;
    for (unsigned m = 10; m < 600; m++) {
        f.t_ns = CF_START + m * CF_MINUTE;
        nrs_core_flow(cf.core, &f, NULL);
        nrs_core_tick(cf.core, f.t_ns + CF_SECOND, cf_keep, &cf);
    }
    assert_int_equal(cf.n_state[NRS_STATE_END], 0);
}

static void a_tick_from_the_past_does_nothing(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 10; m++)
        cf_send(&cf, 1, CF_START + m * CF_MINUTE);
    nrs_core_tick(cf.core, CF_START + 5 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.n_judged, 0);
    cf_beacon(&cf, 1, 10, 13, 60);
    assert_int_equal(cf.n_judged, 1);
}

static void a_young_destination_is_judged_every_ten_seconds(void **state)
{
    unsigned n;

    (void)state;
    for (n = 1; !cf.n_judged && n < 60; n++) {
        cf_send(&cf, 1, CF_START + n * 2 * CF_SECOND);
        nrs_core_tick(cf.core, CF_START + n * 2 * CF_SECOND + CF_SECOND, cf_keep, &cf);
    }
    assert_int_equal(cf.n_judged, 1);
    assert_int_equal(n, 12); /* the sixth connection, ten seconds, and the loop's step */
}

static void a_destination_of_last_week_is_forgotten(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 10, 60);
    assert_int_equal(cf_stats(&cf).dests, 1);
    quiet(10, 8 * 1440);
    assert_int_equal(cf_stats(&cf).dests, 1);
    quiet(8 * 1440, 8 * 1440 + 120);
    assert_int_equal(cf_stats(&cf).dests, 0);
    assert_int_equal(cf_stats(&cf).watched, 0);
}

static void a_destination_is_forgotten_after_a_sleep_longer_than_the_wrap(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 10, 60);
    nrs_core_tick(cf.core, CF_START + 50 * CF_DAY, cf_keep, &cf); /* modulo 2^32 ms: seven hours later */
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    assert_int_equal(cf_stats(&cf).dests, 0);
}

static void age_grows_beyond_the_wrap(void **state)
{
    (void)state;
    for (unsigned day = 0; day < 60; day++) {
        cf_send(&cf, 1, CF_START + day * CF_DAY);
        nrs_core_tick(cf.core, CF_START + day * CF_DAY + CF_SECOND, cf_keep, &cf);
    }
    nrs_core_each(cf.core, NRS_WINDOW_24H, CF_START + 59 * CF_DAY + CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.last.age_s, 59 * 86400 + 60);
}

static void what_calls_six_times_a_week_is_judged_on_the_week(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 6 * 1440, 24 * 3600);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    assert_int_equal(cf.last.window, NRS_WINDOW_7D);
    assert_int_equal(cf.last.n, 6);
    assert_int_equal(cf.last.hours, 6);
    assert_int_equal(cf.x[NRS_X_win], 3);
}

static void a_daily_caller_keeps_its_verdict_over_a_day_of_silence(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 7 * 1500, 25 * 3600);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    assert_int_equal(cf.n_state[NRS_STATE_END], 0);
    cf_tick(&cf, CF_START + 7 * 25 * CF_HOUR, CF_START + 10 * CF_DAY);
    assert_int_equal(cf.n_state[NRS_STATE_END], 1); /* twice its period later */
}

static void what_is_not_slow_has_no_week(void **state)
{
    (void)state;
    cf_beacon(&cf, 1, 0, 100, 600);
    nrs_core_each(cf.core, NRS_WINDOW_7D, CF_START + CF_DAY, cf_keep, &cf);
    assert_int_not_equal(cf.last.window, NRS_WINDOW_7D);
}

static void an_evicted_verdict_is_no_longer_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        for (unsigned m = 0; m < 6; m++)
            cf_send_alone(&cf, i, CF_START + m * CF_MINUTE + i * 1000000);
    nrs_core_tick(cf.core, CF_START + 6 * CF_MINUTE, cf_keep, &cf);
    for (unsigned i = 0; i < 64; i++)
        cf_send_alone(&cf, i, CF_START + 6 * CF_MINUTE + i * 1000000);
    nrs_core_tick(cf.core, CF_START + 7 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf_stats(&cf).flagged, 64);
    cf_send(&cf, 100, CF_START + 8 * CF_MINUTE);
    assert_int_equal(cf_stats(&cf).flagged, 63);
}

static void a_new_model_judges_anew(void **state)
{
    struct nrs_model strict = cf.model;

    (void)state;
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        strict.threshold_mlogit[w] = 3501; /* an open verdict holds down to 1,500 below */
    strict.serial = 8;
    nrs_core_set_model(cf.core, &strict);
    cf_beacon(&cf, 1, 0, 10, 60);
    assert_int_equal(cf.n_judged, 0);
    nrs_core_set_model(cf.core, &cf.model);
    cf_beacon(&cf, 1, 10, 13, 60);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    nrs_core_set_model(cf.core, &strict);
    cf_beacon(&cf, 1, 13, 80, 60);
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    assert_int_equal(cf.last.model->serial, 8);
}

static void a_verdict_holds_a_little_below_its_threshold(void **state)
{
    struct nrs_model shy = cf.model;

    (void)state;
    cf_beacon(&cf, 1, 0, 11, 60);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        shy.threshold_mlogit[w] = 3500;
    nrs_core_set_model(cf.core, &shy);
    cf_beacon(&cf, 1, 11, 80, 60);
    assert_int_equal(cf.n_state[NRS_STATE_END], 0);
    assert_true(cf.n_state[NRS_STATE_UPDATE] >= 1);
}

static void thresholds_at_both_ends_are_no_overflow(void **state)
{
    (void)state;
    cf.model.threshold_mlogit[0] = cf.model.threshold_mlogit[1] = INT32_MAX;
    cf.model.threshold_mlogit[2] = INT32_MIN;
    cf.model.bias[0] = -1000000;
    cf_beacon(&cf, 1, 0, 10, 60);
    assert_int_equal(cf.last.window, NRS_WINDOW_24H);
    assert_true(cf.last.flagged);
}

static void the_window_with_the_highest_margin_is_told(void **state)
{
    (void)state;
    cf.model.threshold_mlogit[NRS_WINDOW_1H] = 1500;
    cf.model.threshold_mlogit[NRS_WINDOW_6H] = 900;
    cf.model.threshold_mlogit[NRS_WINDOW_24H] = 1200;
    cf_beacon(&cf, 1, 0, 10, 60);
    assert_int_equal(cf.last.window, NRS_WINDOW_6H);
}

#define JUDGE_TEST(name) cmocka_unit_test_setup_teardown(name, hourly, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(five_connections_are_not_judged),
        JUDGE_TEST(the_seventh_regular_connection_opens_a_verdict),
        JUDGE_TEST(what_is_flagged_by_turns_has_to_wait),
        JUDGE_TEST(the_first_update_comes_when_the_connections_have_doubled),
        JUDGE_TEST(it_is_updated_after_update_s_with_the_same_d),
        JUDGE_TEST(it_ends_after_close_s_with_the_same_d),
        JUDGE_TEST(it_opens_again_with_a_new_d),
        JUDGE_TEST(it_ends_when_an_update_is_due_and_it_is_no_longer_flagged),
        JUDGE_TEST(it_ends_when_every_window_falls_below_min_conns),
        JUDGE_TEST(bytes_inside_a_connection_keep_a_verdict_open),
        JUDGE_TEST(a_tick_from_the_past_does_nothing),
        JUDGE_TEST(a_young_destination_is_judged_every_ten_seconds),
        JUDGE_TEST(a_destination_of_last_week_is_forgotten),
        JUDGE_TEST(a_destination_is_forgotten_after_a_sleep_longer_than_the_wrap),
        JUDGE_TEST(age_grows_beyond_the_wrap),
        JUDGE_TEST(what_calls_six_times_a_week_is_judged_on_the_week),
        JUDGE_TEST(a_daily_caller_keeps_its_verdict_over_a_day_of_silence),
        JUDGE_TEST(what_is_not_slow_has_no_week),
        JUDGE_TEST(an_evicted_verdict_is_no_longer_counted),
        JUDGE_TEST(a_new_model_judges_anew),
        JUDGE_TEST(a_verdict_holds_a_little_below_its_threshold),
        JUDGE_TEST(thresholds_at_both_ends_are_no_overflow),
        JUDGE_TEST(the_window_with_the_highest_margin_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
