/* The life of a verdict that an allow rule keeps silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/core_fixture.h"

#define FIRST_DAY (uint32_t)(CF_START / CF_DAY)

static struct cf cf;
static struct nrs_allow_rule rules[2]; /* of port 443, where all go, and of a domain */

static int ready(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .update_s = 3600, .close_s = 7200};

    (void)state;
    memset(rules, 0, sizeof rules);
    rules[0].port = 443;
    strcpy(rules[1].domain, "example.com");
    return cf_open(&cf, &conf);
}

static int done(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

/* A connection and a tick every minute. */
static void beacon(unsigned from_min, unsigned to_min)
{
    for (unsigned m = from_min; m < to_min; m++) {
        cf_send(&cf, 1, CF_START + m * CF_MINUTE);
        nrs_core_tick(cf.core, CF_START + (m + 1) * CF_MINUTE, cf_keep, &cf);
    }
}

static void tick_after(unsigned min, unsigned s)
{
    nrs_core_tick(cf.core, CF_START + min * CF_MINUTE + s * CF_SECOND, cf_keep, &cf);
}

static void expect(unsigned opened, unsigned ended, uint32_t flagged, uint32_t suppressed)
{
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], opened);
    assert_int_equal(cf.n_state[NRS_STATE_END], ended);
    assert_int_equal(cf_stats(&cf).flagged, flagged);
    assert_int_equal(cf_stats(&cf).suppressed, suppressed);
}

static void what_is_allowed_opens_nothing_and_is_counted(void **state)
{
    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 6); /* flagged, but for the first time */
    expect(0, 0, 0, 0);
    beacon(6, 200);
    expect(0, 0, 0, 1);
    assert_int_equal(cf.n_judged, 0);
    assert_int_equal(cf_stats(&cf).dests, 1);
}

static void it_is_still_judged_when_asked_for(void **state)
{
    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 30);
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 30 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.n_state[NRS_STATE_NONE], 1);
    assert_int_equal(cf.last.n, 30);
    assert_int_equal(cf.last.dest_id, 0);
    assert_true(cf.last.flagged);
}

static void a_rule_that_fits_another_port_changes_nothing(void **state)
{
    (void)state;
    rules[0].port = 444;
    nrs_core_set_allow(cf.core, rules, 2);
    beacon(0, 7);
    expect(1, 0, 1, 0);
}

static void an_open_verdict_ends_at_the_tick_after_the_rule_came(void **state)
{
    (void)state;
    beacon(0, 10);
    expect(1, 0, 1, 0);
    nrs_core_set_allow(cf.core, rules, 1);
    expect(1, 0, 1, 0);
    tick_after(10, 5); /* nothing new was seen of it */
    expect(1, 1, 0, 1);
    assert_int_equal(cf.last.dest_id, 1);
    assert_int_equal(cf.last.n, 10);
    tick_after(10, 10);
    beacon(11, 100);
    expect(1, 1, 0, 1);
    assert_int_equal(cf.n_judged, 2);
}

static void it_opens_anew_at_the_tick_after_the_rule_went(void **state)
{
    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 10);
    nrs_core_set_allow(cf.core, NULL, 0);
    tick_after(10, 5);
    expect(1, 0, 1, 0);
    assert_int_equal(cf.last.dest_id, 1);
    nrs_core_set_allow(cf.core, rules, 1);
    tick_after(10, 10);
    nrs_core_set_allow(cf.core, rules + 1, 1);
    tick_after(10, 15);
    expect(2, 1, 1, 0);
    assert_int_equal(cf.last.dest_id, 2);
}

static void it_opens_when_the_last_day_of_the_rule_is_over(void **state)
{
    (void)state;
    rules[0].end_day = FIRST_DAY + 1;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 1439);
    expect(0, 0, 0, 1);
    tick_after(1439, 59);
    expect(0, 0, 0, 1);
    tick_after(1440, 0);
    expect(1, 0, 1, 0);
}

static void the_day_is_that_of_the_wall_clock(void **state)
{
    (void)state;
    rules[0].end_day = FIRST_DAY + 1;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 10);
    expect(0, 0, 0, 1);
    nrs_core_set_wall(cf.core, CF_DAY - 11 * CF_MINUTE);
    tick_after(10, 5);
    expect(0, 0, 0, 1);
    nrs_core_set_wall(cf.core, CF_DAY - 10 * CF_MINUTE);
    tick_after(10, 10);
    expect(1, 0, 1, 0);
    nrs_core_set_wall(cf.core, -(int64_t)(CF_START + CF_DAY)); /* the clock was wrong, and is now before 1970 */
    tick_after(10, 15);
    expect(1, 1, 0, 1);
}

static void a_name_that_becomes_known_ends_it(void **state)
{
    struct nrs_flow name = {.remote = cf_remote(1), .ev = NRS_EV_NAME};

    (void)state;
    nrs_core_set_allow(cf.core, rules + 1, 1);
    beacon(0, 10);
    expect(1, 0, 1, 0);
    nrs_core_flow(cf.core, &name, "www.example.com");
    beacon(10, 11);
    expect(1, 1, 0, 1);
    nrs_core_flow(cf.core, &name, "www.badexample.com");
    beacon(11, 12);
    expect(2, 1, 1, 0);
}

static void it_is_not_counted_when_it_fell_silent(void **state)
{
    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 10);
    expect(0, 0, 0, 1);
    cf_tick(&cf, CF_START + 10 * CF_MINUTE, CF_START + 200 * CF_MINUTE);
    expect(0, 0, 0, 0);
    assert_int_equal(cf.n_judged, 0);
}

static void it_is_not_counted_when_it_is_no_longer_regular(void **state)
{
    uint32_t seed = 3;

    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    beacon(0, 10);
    for (unsigned m = 10; m < 600; m += 1 + cf_random(&seed) % 20) {
        cf_send(&cf, 1, CF_START + m * CF_MINUTE);
        tick_after(m + 1, 0);
    }
    expect(0, 0, 0, 0);
    assert_int_equal(cf.n_judged, 0);
}

static void it_is_not_counted_when_it_is_evicted(void **state)
{
    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    for (unsigned m = 0; m < 7; m++) {
        for (unsigned i = 0; i < 64; i++)
            cf_send_alone(&cf, i, CF_START + m * CF_MINUTE + i * 1000000);
        tick_after(m + 1, 0);
    }
    expect(0, 0, 0, 64);
    cf_send(&cf, 100, CF_START + 8 * CF_MINUTE);
    expect(0, 0, 0, 63);
}

static void an_open_verdict_outlives_silent_ones_in_a_full_table(void **state)
{
    rules[0].has_net = true;
    rules[0].net = cf_remote(0);
    rules[0].prefix = 128 - 6; /* all but the last */
    (void)state;
    nrs_core_set_allow(cf.core, rules, 1);
    for (unsigned i = 1; i <= 64; i++)
        for (unsigned m = i < 64 ? 0 : 6; m < 12; m++) /* the last one has fewer minutes than the others */
            cf_send(&cf, i, CF_START + m * CF_MINUTE + i * 1000000);
    tick_after(12, 0);
    for (unsigned m = 12; m < 14; m++) {
        for (unsigned i = 1; i <= 64; i++)
            cf_send(&cf, i, CF_START + m * CF_MINUTE + i * 1000000);
        tick_after(m + 1, 0);
    }
    expect(1, 0, 1, 63);
    for (unsigned i = 100; i < 108; i++) /* of each eight one goes */
        cf_send(&cf, i, CF_START + 15 * CF_MINUTE);
    expect(1, 0, 1, 55);
    assert_int_equal(cf_stats(&cf).evicted, 8);
}

/* Ten minutes of a beacon that belongs to a program, and in the fifth minute to another one as well; judged at the end of
 * the last three. */
static void beacon_of(const char *path, const char *second)
{
    for (unsigned m = 0; m < 10; m++) {
        struct nrs_flow f = cf_flow(1, CF_START + m * CF_MINUTE);

        nrs_core_flow(cf.core, &f, NULL);
        nrs_core_set_process(cf.core, &f, m == 5 ? second : path);
        if (m >= 7)
            tick_after(m + 1, 0);
    }
}

static void what_an_allowed_program_does_is_silent(void **state)
{
    const struct nrs_allow_rule rule = {.process = "/usr/bin/updater"};

    (void)state;
    nrs_core_set_allow(cf.core, &rule, 1);
    beacon_of("/usr/bin/updater", "/usr/bin/updater");
    expect(0, 0, 0, 1);
}

static void a_program_below_that_path_or_before_it_is_told(void **state)
{
    const struct nrs_allow_rule rule = {.process = "/usr/bin/updater"};

    (void)state;
    nrs_core_set_allow(cf.core, &rule, 1);
    beacon_of("/usr/bin/updater2", "/usr/bin/updater2");
    expect(1, 0, 1, 0);
}

static void what_a_second_program_does_as_well_is_told(void **state)
{
    const struct nrs_allow_rule rule = {.process = "/usr/bin/updater"};

    (void)state;
    nrs_core_set_allow(cf.core, &rule, 1);
    beacon_of("/usr/bin/updater", "/tmp/implant");
    expect(1, 0, 1, 0);
}

static void a_second_program_that_comes_later_opens_it(void **state)
{
    const struct nrs_allow_rule rule = {.process = "/usr/bin/updater"};
    struct nrs_flow f = cf_flow(1, CF_START + 11 * CF_MINUTE);

    (void)state;
    nrs_core_set_allow(cf.core, &rule, 1);
    beacon_of("/usr/bin/updater", "/usr/bin/updater");
    expect(0, 0, 0, 1);
    nrs_core_flow(cf.core, &f, NULL);
    nrs_core_set_process(cf.core, &f, "/tmp/implant");
    tick_after(12, 0);
    expect(1, 0, 1, 0);
}

static void without_a_program_no_rule_that_names_one_fits(void **state)
{
    const struct nrs_allow_rule rule = {.process = "/usr/bin/updater"};
    struct nrs_flow f = cf_flow(99, CF_START);

    (void)state;
    nrs_core_set_allow(cf.core, &rule, 1);
    nrs_core_set_process(cf.core, &f, "/usr/bin/updater"); /* a destination that nobody knows: nothing happens */
    beacon(0, 10);
    tick_after(10, 0);
    expect(1, 0, 1, 0);
}

static void siblings_of_one_allowed_program_are_silent(void **state)
{
    const struct nrs_allow_rule rule = {.process = "/usr/bin/peers"};

    (void)state;
    nrs_core_set_allow(cf.core, &rule, 1);
    for (unsigned m = 0; m < 10; m++) {
        struct nrs_flow f = cf_flow(m, CF_START + m * CF_MINUTE);

        f.ev = NRS_EV_OPEN;
        nrs_core_flow(cf.core, &f, NULL);
        nrs_core_set_process(cf.core, &f, "/usr/bin/peers");
        f.ev = NRS_EV_CLOSE;
        f.t_ns += f.dur_ms * UINT64_C(1000000);
        nrs_core_flow(cf.core, &f, NULL);
        if (m >= 7)
            tick_after(m + 1, 0);
    }
    expect(0, 0, 0, 1);
    cf_send(&cf, 50, CF_START + 11 * CF_MINUTE); /* of an unknown program */
    tick_after(12, 0);
    expect(1, 0, 1, 0);
}

static void more_than_64_rules_are_refused(void **state)
{
    static const struct nrs_allow_rule many[NRS_ALLOW_MAX + 1];

    (void)state;
    assert_int_equal(nrs_core_set_allow(cf.core, many, NRS_ALLOW_MAX), 0);
    assert_int_equal(nrs_core_set_allow(cf.core, many, NRS_ALLOW_MAX + 1), NRS_ERR_LIMIT);
}

#define SILENT_TEST(name) cmocka_unit_test_setup_teardown(name, ready, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SILENT_TEST(what_is_allowed_opens_nothing_and_is_counted),
        SILENT_TEST(it_is_still_judged_when_asked_for),
        SILENT_TEST(a_rule_that_fits_another_port_changes_nothing),
        SILENT_TEST(an_open_verdict_ends_at_the_tick_after_the_rule_came),
        SILENT_TEST(it_opens_anew_at_the_tick_after_the_rule_went),
        SILENT_TEST(it_opens_when_the_last_day_of_the_rule_is_over),
        SILENT_TEST(the_day_is_that_of_the_wall_clock),
        SILENT_TEST(a_name_that_becomes_known_ends_it),
        SILENT_TEST(it_is_not_counted_when_it_fell_silent),
        SILENT_TEST(it_is_not_counted_when_it_is_no_longer_regular),
        SILENT_TEST(it_is_not_counted_when_it_is_evicted),
        SILENT_TEST(an_open_verdict_outlives_silent_ones_in_a_full_table),
        SILENT_TEST(what_an_allowed_program_does_is_silent),
        SILENT_TEST(a_program_below_that_path_or_before_it_is_told),
        SILENT_TEST(what_a_second_program_does_as_well_is_told),
        SILENT_TEST(a_second_program_that_comes_later_opens_it),
        SILENT_TEST(without_a_program_no_rule_that_names_one_fits),
        SILENT_TEST(siblings_of_one_allowed_program_are_silent),
        SILENT_TEST(more_than_64_rules_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
