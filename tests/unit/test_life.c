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

static void expect(unsigned opened, unsigned ended)
{
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], opened);
    assert_int_equal(cf.n_state[NRS_STATE_END], ended);
}

static void expect_now(uint32_t flagged, uint32_t suppressed)
{
    assert_int_equal(cf_stats(&cf).flagged, flagged);
    assert_int_equal(cf_stats(&cf).suppressed, suppressed);
}

static void a_rule_that_names_a_program_makes_a_verdict_worth_waiting(void **state)
{
    (void)state;
    seven(1, 60);
    expect(1, 0);
    expect_now(1, 0);
    assert_int_equal(cf.last.dest_id, 1);
    assert_int_equal(cf.last.n, 7);
    assert_int_equal(cf.last.wait_ms, 120000); /* twice the gap */
}

static void an_allowed_program_ends_it_by_the_next_tick(void **state)
{
    (void)state;
    seven(1, 60);
    program_is(1, UPDATER);
    tick_at(302); /* nothing new was seen of the destination */
    expect(1, 1);
    expect_now(0, 1);
    assert_true(cf.last.allowed);
    assert_int_equal(cf.last.dest_id, 1);
    for (unsigned i = 6; i < 30; i++) {
        cf_send_alone(&cf, 1, CF_START + i * CF_MINUTE);
        tick_at(i * 60 + 1);
    }
    expect(1, 1);
}

static void another_program_changes_nothing(void **state)
{
    (void)state;
    seven(1, 60);
    program_is(1, "/tmp/implant");
    tick_at(302);
    expect(1, 0);
    expect_now(1, 0);
}

static uint32_t wait_of(unsigned gap_s)
{
    uint32_t wait_ms;

    ready(NULL);
    seven(1, gap_s);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    wait_ms = cf.last.wait_ms;
    done(NULL);
    return wait_ms / 1000;
}

static void the_wait_has_a_least_and_a_most(void **state)
{
    (void)state;
    assert_int_equal(wait_of(12), NRS_WAIT_MIN_S);
    assert_int_equal(wait_of(300), 600);
    assert_int_equal(wait_of(3600), NRS_WAIT_MAX_S);
}

static void opens_without_a_wait(void)
{
    expect(1, 0);
    assert_int_equal(cf.last.wait_ms, 0);
}

static void what_no_rule_could_fit_is_not_worth_waiting(void **state)
{
    (void)state;
    rule.port = 444;
    seven(1, 60);
    opens_without_a_wait();
}

static void without_a_rule_that_names_a_program_nothing_waits(void **state)
{
    (void)state;
    rule = (struct nrs_allow_rule){.port = 444};
    seven(1, 60);
    opens_without_a_wait();
}

static void a_program_that_is_known_is_not_waited_for(void **state)
{
    (void)state;
    cf_send_alone(&cf, 1, CF_START - 2 * CF_MINUTE);
    program_is(1, "/tmp/implant");
    seven(1, 60);
    opens_without_a_wait();
}

static void a_rule_without_a_program_ends_it_as_allowed(void **state)
{
    struct nrs_allow_rule port = {.port = 443};

    (void)state;
    seven(1, 60);
    nrs_core_set_allow(cf.core, &port, 1);
    tick_at(302);
    expect(1, 1);
    assert_true(cf.last.allowed);
    expect_now(0, 1);
}

static void a_verdict_ends_by_silence_and_not_as_allowed(void **state)
{
    (void)state;
    seven(1, 60);
    nrs_core_tick(cf.core, CF_START + 26 * CF_HOUR, cf_keep, &cf);
    expect(1, 1);
    assert_false(cf.last.allowed);
    assert_int_equal(cf.last.dest_id, 1);
    expect_now(0, 0);
}

static void every_verdict_has_one_number_from_open_to_end(void **state)
{
    (void)state;
    seven(2, 60);
    program_is(2, UPDATER);
    tick_at(303);
    assert_int_equal(cf.last.dest_id, 2);
    nrs_core_tick(cf.core, CF_START + 26 * CF_HOUR, cf_keep, &cf);
    expect(2, 2);
    assert_int_equal(cf.last.dest_id, 1);
    expect_now(0, 0);
}

/* What no process of this machine can have open. */
static void what_has_no_socket_is_not_waited_for(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++) {
        struct nrs_flow f = cf_flow(1, CF_START + i * CF_MINUTE);

        f.proto = NRS_PROTO_ICMP;
        nrs_core_flow(cf.core, &f, NULL);
        tick_at(i * 60 + 1);
    }
    opens_without_a_wait();
}

static void siblings_are_not_waited_for(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 12; m++) {
        cf_send(&cf, m, CF_START + m * CF_MINUTE);
        tick_at(m * 60 + 1);
    }
    opens_without_a_wait();
    assert_in_range(cf.last.servers, 3, 16);
}

static void one_that_is_evicted_is_counted_no_longer(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 12; n++) { /* all of the table has a verdict */
        for (unsigned i = 0; i < 64; i++)
            cf_send_alone(&cf, 100 + i, CF_START + 9 * n * CF_SECOND + i * 1000000);
        tick_at(9 * n + 1);
    }
    expect_now(64, 0);
    for (unsigned i = 0; i < 8; i++)
        cf_send_alone(&cf, 200 + i, CF_START + 120 * CF_SECOND);
    assert_true(cf_stats(&cf).evicted > 0);
    assert_int_equal(cf_stats(&cf).flagged, 64 - cf_stats(&cf).evicted);
}

#define LIFE_TEST(name) cmocka_unit_test_setup_teardown(name, ready, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIFE_TEST(a_rule_that_names_a_program_makes_a_verdict_worth_waiting),
        LIFE_TEST(an_allowed_program_ends_it_by_the_next_tick),
        LIFE_TEST(another_program_changes_nothing),
        cmocka_unit_test(the_wait_has_a_least_and_a_most),
        LIFE_TEST(what_no_rule_could_fit_is_not_worth_waiting),
        LIFE_TEST(without_a_rule_that_names_a_program_nothing_waits),
        LIFE_TEST(a_program_that_is_known_is_not_waited_for),
        LIFE_TEST(a_rule_without_a_program_ends_it_as_allowed),
        LIFE_TEST(a_verdict_ends_by_silence_and_not_as_allowed),
        LIFE_TEST(every_verdict_has_one_number_from_open_to_end),
        LIFE_TEST(what_has_no_socket_is_not_waited_for),
        LIFE_TEST(siblings_are_not_waited_for),
        LIFE_TEST(one_that_is_evicted_is_counted_no_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
