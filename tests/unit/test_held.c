/* A verdict that waits for its program: how long, for which rules, and what ends the wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

#define UPDATER "/usr/bin/updater"

static struct cf cf;
static struct nrs_allow_rule rule;

static int ready(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8};
    int rc = cf_open(&cf, &conf);

    (void)state;
    memset(&rule, 0, sizeof rule);
    strcpy(rule.process, UPDATER);
    nrs_core_set_allow(cf.core, &rule, 1);
    nrs_core_hold(cf.core, true);
    return rc;
}

static int done(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

static void tick_at(unsigned s)
{
    nrs_core_tick(cf.core, CF_START + s * CF_SECOND, cf_keep, &cf);
}

/* Connections to each of n destinations: the sixth is flagged, and with the seventh, five gaps after CF_START, it is a verdict. */
static void seven(unsigned n, unsigned gap_s)
{
    for (unsigned i = 0; i < 7; i++) {
        for (unsigned d = 1; d <= n; d++)
            cf_send_alone(&cf, d, CF_START + i * gap_s * CF_SECOND - gap_s * CF_SECOND + d * 1000000);
        if (i >= 5)
            tick_at((i - 1) * gap_s + 1);
    }
}

static void program_is(unsigned dest, const char *path)
{
    struct nrs_flow f = cf_flow(dest, CF_START);

    f.local = cf_v4(10, 1, dest >> 8 & 255, dest & 255); /* as cf_send_alone has it */
    nrs_core_set_process(cf.core, &f, path);
}

static void expect(unsigned held, unsigned opened, unsigned allowed, unsigned ended)
{
    assert_int_equal(cf.n_state[NRS_STATE_HELD], held);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], opened);
    assert_int_equal(cf.n_state[NRS_STATE_ALLOWED], allowed);
    assert_int_equal(cf.n_state[NRS_STATE_END], ended);
}

static void expect_now(uint32_t held, uint32_t flagged, uint32_t suppressed)
{
    assert_int_equal(cf_stats(&cf).held, held);
    assert_int_equal(cf_stats(&cf).flagged, flagged);
    assert_int_equal(cf_stats(&cf).suppressed, suppressed);
}

static void an_allowed_program_is_never_told(void **state)
{
    (void)state;
    seven(1, 60);
    expect(1, 0, 0, 0);
    expect_now(1, 0, 0);
    assert_int_equal(cf.last.dest_id, 1);
    program_is(1, UPDATER);
    tick_at(302); /* nothing new was seen of the destination */
    expect(1, 0, 1, 0);
    expect_now(0, 0, 1);
    assert_int_equal(cf.last.dest_id, 1);
    for (unsigned i = 6; i < 30; i++) {
        cf_send_alone(&cf, 1, CF_START + i * CF_MINUTE);
        tick_at(i * 60 + 1);
    }
    expect(1, 0, 1, 0);
}

static void another_program_is_told_as_soon_as_it_is_known(void **state)
{
    (void)state;
    seven(1, 60);
    program_is(1, "/tmp/implant");
    tick_at(302);
    expect(1, 1, 0, 0);
    expect_now(0, 1, 0);
    assert_int_equal(cf.last.dest_id, 1);
    assert_int_equal(cf.last.n, 7);
    assert_true(cf.last.flagged);
}

/* Twice the gap of 60 s after the tick at 301. */
static void a_program_that_nobody_finds_is_waited_for_no_longer_than_two_gaps(void **state)
{
    (void)state;
    seven(1, 60);
    tick_at(301 + 119);
    expect(1, 0, 0, 0);
    tick_at(301 + 120);
    expect(1, 1, 0, 0);
    expect_now(0, 1, 0);
}

/* Seconds that a beacon with this gap is held. */
static unsigned wait_s(unsigned gap_s)
{
    unsigned from = 5 * gap_s + 1, s = from;

    ready(NULL);
    seven(1, gap_s);
    assert_int_equal(cf.n_state[NRS_STATE_HELD], 1);
    while (cf.n_state[NRS_STATE_OPEN] == 0)
        tick_at(++s);
    done(NULL);
    return s - from;
}

static void the_wait_has_a_least_and_a_most(void **state)
{
    (void)state;
    assert_int_equal(wait_s(12), NRS_HOLD_MIN_S);
    assert_int_equal(wait_s(300), 600);
    assert_int_equal(wait_s(3600), NRS_HOLD_MAX_S);
}

static void an_open_verdict_whose_program_turns_out_allowed_ends(void **state)
{
    (void)state;
    seven(1, 60);
    tick_at(421);
    expect(1, 1, 0, 0);
    program_is(1, UPDATER);
    tick_at(422);
    expect(1, 1, 0, 1);
    expect_now(0, 0, 1);
    assert_int_equal(cf.last.dest_id, 1);
}

static void what_no_rule_could_fit_is_told_at_once(void **state)
{
    (void)state;
    rule.port = 444;
    seven(1, 60);
    expect(0, 1, 0, 0);
}

static void without_a_rule_that_names_a_program_nothing_waits(void **state)
{
    (void)state;
    rule = (struct nrs_allow_rule){.port = 444};
    seven(1, 60);
    expect(0, 1, 0, 0);
}

static void if_nobody_looks_for_programs_nothing_waits(void **state)
{
    (void)state;
    nrs_core_hold(cf.core, false);
    seven(1, 60);
    expect(0, 1, 0, 0);
}

static void a_program_that_is_known_is_not_waited_for(void **state)
{
    (void)state;
    cf_send_alone(&cf, 1, CF_START - 2 * CF_MINUTE);
    program_is(1, "/tmp/implant");
    seven(1, 60);
    expect(0, 1, 0, 0);
}

static void when_nobody_looks_any_more_all_are_told(void **state)
{
    (void)state;
    seven(3, 60);
    expect(3, 0, 0, 0);
    nrs_core_hold(cf.core, false);
    tick_at(302);
    expect(3, 3, 0, 0);
    expect_now(0, 3, 0);
}

static void when_the_rule_goes_they_are_told(void **state)
{
    (void)state;
    seven(1, 60);
    nrs_core_set_allow(cf.core, NULL, 0);
    tick_at(302);
    expect(1, 1, 0, 0);
}

static void a_rule_without_a_program_ends_the_wait_silently(void **state)
{
    struct nrs_allow_rule port = {.port = 443};

    (void)state;
    seven(1, 60);
    nrs_core_set_allow(cf.core, &port, 1);
    tick_at(302);
    expect(1, 0, 1, 0);
    expect_now(0, 0, 1);
}

static void one_more_than_may_wait_is_told(void **state)
{
    (void)state;
    seven(NRS_HOLD_MAX + 1, 60);
    expect(NRS_HOLD_MAX, 1, 0, 0);
    expect_now(NRS_HOLD_MAX, 1, 0);
}

static void it_has_one_number_from_held_to_end(void **state)
{
    (void)state;
    seven(2, 60);
    program_is(1, "/tmp/implant");
    tick_at(302);
    assert_int_equal(cf.last.dest_id, 1);
    program_is(2, UPDATER);
    tick_at(303);
    assert_int_equal(cf.last.dest_id, 2);
    nrs_core_tick(cf.core, CF_START + 26 * CF_HOUR, cf_keep, &cf);
    expect(2, 1, 1, 1);
    assert_int_equal(cf.last.dest_id, 1);
    expect_now(0, 0, 0);
}

/* What no process of this machine can have open. */
static void what_has_no_socket_is_told_at_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++) {
        struct nrs_flow f = cf_flow(1, CF_START + i * CF_MINUTE);

        f.proto = NRS_PROTO_ICMP;
        nrs_core_flow(cf.core, &f, NULL);
        tick_at(i * 60 + 1);
    }
    expect(0, 1, 0, 0);
}

static void siblings_are_told_at_once(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 12; m++) {
        cf_send(&cf, m, CF_START + m * CF_MINUTE);
        tick_at(m * 60 + 1);
    }
    expect(0, 1, 0, 0);
    assert_in_range(cf.last.servers, 3, 16);
}

static void one_that_is_evicted_is_counted_no_longer(void **state)
{
    (void)state;
    seven(NRS_HOLD_MAX, 60);
    expect_now(NRS_HOLD_MAX, 0, 0);
    for (unsigned n = 0; n < 12; n++) { /* the rest of the table: verdicts that are told */
        for (unsigned i = 0; i < 64 - NRS_HOLD_MAX; i++)
            cf_send_alone(&cf, 100 + i, CF_START + (302 + 9 * n) * CF_SECOND + i * 1000000);
        tick_at(303 + 9 * n);
    }
    expect_now(NRS_HOLD_MAX, 64 - NRS_HOLD_MAX, 0);
    for (unsigned i = 0; i < 8; i++) /* of each eight one goes, and the held ones have fewer connections */
        cf_send_alone(&cf, 200 + i, CF_START + 405 * CF_SECOND);
    assert_in_range(cf_stats(&cf).held, 1, NRS_HOLD_MAX - 1);
    assert_int_equal(cf_stats(&cf).held + cf_stats(&cf).flagged, 64 - cf_stats(&cf).evicted);
}

#define HELD_TEST(name) cmocka_unit_test_setup_teardown(name, ready, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HELD_TEST(an_allowed_program_is_never_told),
        HELD_TEST(another_program_is_told_as_soon_as_it_is_known),
        HELD_TEST(a_program_that_nobody_finds_is_waited_for_no_longer_than_two_gaps),
        cmocka_unit_test(the_wait_has_a_least_and_a_most),
        HELD_TEST(an_open_verdict_whose_program_turns_out_allowed_ends),
        HELD_TEST(what_no_rule_could_fit_is_told_at_once),
        HELD_TEST(without_a_rule_that_names_a_program_nothing_waits),
        HELD_TEST(if_nobody_looks_for_programs_nothing_waits),
        HELD_TEST(a_program_that_is_known_is_not_waited_for),
        HELD_TEST(when_nobody_looks_any_more_all_are_told),
        HELD_TEST(when_the_rule_goes_they_are_told),
        HELD_TEST(a_rule_without_a_program_ends_the_wait_silently),
        HELD_TEST(one_more_than_may_wait_is_told),
        HELD_TEST(it_has_one_number_from_held_to_end),
        HELD_TEST(what_has_no_socket_is_told_at_once),
        HELD_TEST(siblings_are_told_at_once),
        HELD_TEST(one_that_is_evicted_is_counted_no_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
