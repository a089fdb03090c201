/* Servers in rotation: none of them says enough, together they do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

static struct cf cf;

static int ready(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .name_cap = 64};

    (void)state;
    return cf_open(&cf, &conf);
}

static int done(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

/* A check-in every minute, each to the next of so many servers; `named`: all of them have been looked up. */
static void rotate(unsigned from_min, unsigned to_min, unsigned servers, bool named)
{
    for (unsigned m = from_min; m < to_min; m++) {
        struct nrs_flow f = cf_flow(m % servers, CF_START + m * CF_MINUTE);

        nrs_core_flow(cf.core, &f, named ? "cdn.example" : NULL);
        nrs_core_tick(cf.core, CF_START + (m + 1) * CF_MINUTE, cf_keep, &cf);
    }
}

static void a_new_server_for_each_check_in_is_found(void **state)
{
    (void)state;
    rotate(0, 10, 100, false);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    assert_int_equal(cf.last.servers, cf.last.n);
    assert_int_equal(cf.last.period_ms, 60000);
    assert_int_equal(cf.last.tx_med, 300);
}

static void it_is_told_under_its_latest_server(void **state)
{
    struct nrs_addr latest;

    (void)state;
    rotate(0, 7, 100, false);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    latest = cf_remote(6);
    assert_memory_equal(&cf.last.remote, &latest, sizeof latest);
    assert_int_equal(cf.last.rport, 443);
}

static void two_servers_are_no_rotation(void **state)
{
    (void)state;
    rotate(0, 8, 2, false); /* too young to be judged each by itself */
    assert_int_equal(cf.n_judged, 0);
}

static void named_servers_are_left_out(void **state)
{
    (void)state;
    rotate(0, 30, 100, true);
    assert_int_equal(cf.n_judged, 0);
}

static void a_destination_that_is_no_longer_young_is_left_out(void **state)
{
    (void)state;
    cf.model.threshold_mlogit[0] = cf.model.threshold_mlogit[1] = cf.model.threshold_mlogit[2] = INT32_MAX;
    rotate(0, 4 * 16, 4, false);
    nrs_core_each(cf.core, NRS_WINDOW_24H, CF_START + 64 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.last.servers, 4);
    assert_int_equal(cf.last.n, 64);
    rotate(64, 80, 4, false); /* the seventeenth to the twentieth of each */
    nrs_core_each(cf.core, NRS_WINDOW_24H, CF_START + 80 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.last.n, 64);
}

static void another_port_class_and_another_host_are_apart(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 12; m++) {
        struct nrs_flow f = cf_flow(m, CF_START + m * CF_MINUTE);

        f.rport = m % 2 ? 443 : 8080;
        f.local = cf_v4(10, 0, 0, 2 + m / 2 % 2);
        nrs_core_flow(cf.core, &f, NULL);
    }
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 12 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.n_judged, 12 + 4);
    assert_int_equal(cf.last.servers, 3);
}

static void neither_the_lan_nor_ping_nor_inbound_counts(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 12; m++) {
        struct nrs_flow f = cf_flow(m, CF_START + m * CF_MINUTE);

        if (m % 3 == 0)
            f.remote = cf_v4(192, 168, 0, m);
        else if (m % 3 == 1)
            f.proto = NRS_PROTO_ICMP;
        else
            f.dir = NRS_DIR_IN;
        nrs_core_flow(cf.core, &f, NULL);
    }
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 12 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.n_judged, 12);
    assert_int_equal(cf.last.servers, 0);
}

static void a_connection_counts_when_it_ends_and_its_name_is_known(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 12; m++) {
        struct nrs_flow f = cf_flow(m, CF_START + m * CF_MINUTE);

        f.ev = NRS_EV_OPEN;
        nrs_core_flow(cf.core, &f, NULL);
        f.ev = NRS_EV_NAME; /* in the greeting of the connection */
        if (m % 2)
            nrs_core_flow(cf.core, &f, "a.example");
        f.ev = NRS_EV_CLOSE;
        f.t_ns += f.dur_ms * UINT64_C(1000000);
        nrs_core_flow(cf.core, &f, NULL);
    }
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 12 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.last.servers, 6);
    assert_int_equal(cf.last.period_ms, 120000);
}

static void an_allow_rule_for_the_port_keeps_it_silent(void **state)
{
    const struct nrs_allow_rule rule = {.port = 443};

    (void)state;
    assert_int_equal(nrs_core_set_allow(cf.core, &rule, 1), 0);
    rotate(0, 10, 100, false);
    assert_int_equal(cf.n_judged, 0);
    assert_int_equal(cf_stats(&cf).suppressed, 1);
    nrs_core_set_allow(cf.core, NULL, 0);
    nrs_core_tick(cf.core, CF_START + 11 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.n_state[NRS_STATE_OPEN], 1);
    assert_int_equal(cf_stats(&cf).suppressed, 0);
}

static void its_verdict_ends_when_the_rotation_does(void **state)
{
    (void)state;
    rotate(0, 10, 100, false);
    assert_int_equal(cf_stats(&cf).flagged, 1);
    cf_tick(&cf, CF_START + 10 * CF_MINUTE, CF_START + 26 * CF_HOUR);
    assert_int_equal(cf.n_state[NRS_STATE_END], 1);
    assert_int_equal(cf_stats(&cf).flagged, 0);
}

/* More hosts than there are places: 64 / 16 = 4 of them, in one set. */
static void a_full_set_forgets_the_one_silent_longest_but_no_verdict(void **state)
{
    (void)state;
    rotate(0, 10, 100, false);
    assert_int_equal(cf_stats(&cf).flagged, 1);
    for (unsigned m = 10; m < 50; m++) {
        struct nrs_flow f = cf_flow(m, CF_START + m * CF_MINUTE);

        f.local = cf_v4(10, 0, 1, m / 5); /* eight hosts, one after the other */
        nrs_core_flow(cf.core, &f, NULL);
    }
    cf.n_judged = 0;
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 50 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf_stats(&cf).flagged, 1);
    assert_int_equal(cf.n_judged, 50 + 4);
}

static void hosts_of_one_network_spread_over_the_sets(void **state)
{
    const struct nrs_key server = {.remote = cf_remote(1), .rport = 443, .proto = NRS_PROTO_TCP};
    struct nrs_siblings s;
    void *memory = malloc(nrs_siblings_bytes(4096));
    unsigned kept = 0;

    (void)state;
    nrs_siblings_init(&s, memory, 4096, 7);
    for (unsigned host = 0; host < 128; host++) {
        struct nrs_key k = server;

        k.local = cf_v4(10, 0, 0, host);
        nrs_dest_start(nrs_siblings_take(&s, &k), 0);
    }
    for (uint32_t i = 0; nrs_siblings_next(&s, &i); i++)
        kept++;
    free(memory);
    assert_in_range(kept, 112, 128); /* of 256 places in 64 sets of four */
}

#define SIBLINGS_TEST(name) cmocka_unit_test_setup_teardown(name, ready, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIBLINGS_TEST(a_new_server_for_each_check_in_is_found),
        SIBLINGS_TEST(it_is_told_under_its_latest_server),
        SIBLINGS_TEST(two_servers_are_no_rotation),
        SIBLINGS_TEST(named_servers_are_left_out),
        SIBLINGS_TEST(a_destination_that_is_no_longer_young_is_left_out),
        SIBLINGS_TEST(another_port_class_and_another_host_are_apart),
        SIBLINGS_TEST(neither_the_lan_nor_ping_nor_inbound_counts),
        SIBLINGS_TEST(a_connection_counts_when_it_ends_and_its_name_is_known),
        SIBLINGS_TEST(an_allow_rule_for_the_port_keeps_it_silent),
        SIBLINGS_TEST(its_verdict_ends_when_the_rotation_does),
        SIBLINGS_TEST(hosts_of_one_network_spread_over_the_sets),
        SIBLINGS_TEST(a_full_set_forgets_the_one_silent_longest_but_no_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
