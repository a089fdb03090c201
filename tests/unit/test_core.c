/* What comes in: flows of every kind, time, limits, losses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/core_fixture.h"

static struct cf cf;

static int small(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8};

    (void)state;
    return cf_open(&cf, &conf);
}

static int closed(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

static void each(enum nrs_window w, uint64_t now_ns)
{
    cf.n_judged = 0;
    nrs_core_each(cf.core, w, now_ns, cf_keep, &cf);
}

static void configurations_out_of_range_are_refused(void **state)
{
    const struct nrs_core_conf bad[] = {{.dest_cap = 63}, {.dest_cap = 1048577}, {.dest_cap = UINT32_MAX},
                                        {.watched_cap = 65535}, {.dest_cap = 64, .watched_cap = 65},
                                        {.name_cap = UINT32_MAX}};
    struct nrs_core *core;

    (void)state;
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(nrs_core_bytes(&bad[i]), 0);
        assert_int_equal(nrs_core_init(&core, cf.memory, 0, &bad[i], &cf.model, 0), NRS_ERR_RANGE);
    }
}

static void too_little_memory_is_refused(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8};
    struct nrs_core *core;

    (void)state;
    assert_int_equal(nrs_core_init(&core, cf.memory, nrs_core_bytes(&conf) - 1, &conf, &cf.model, 0), NRS_ERR_SPACE);
}

static void a_model_of_another_kind_is_refused(void **state)
{
    static const struct nrs_schema other = {"other", NRS_KIND_BEACON, 1, 1, 0, NULL};
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8};
    struct nrs_core *core;

    (void)state;
    cf.model.schema = &other;
    assert_int_equal(nrs_core_init(&core, cf.memory, nrs_core_bytes(&conf), &conf, &cf.model, 0), NRS_ERR_SCHEMA);
}

static void the_default_is_the_host_profile(void **state)
{
    const struct nrs_core_conf none = {0}, host = {.dest_cap = 4096, .watched_cap = 512, .name_cap = 512};

    (void)state;
    assert_int_equal(nrs_core_bytes(&none), nrs_core_bytes(&host));
}

static void both_profiles_fit_their_budgets(void **state)
{
    const struct nrs_core_conf host = {0}, router = {.dest_cap = 1024, .watched_cap = 128, .name_cap = 128};

    (void)state; /* resident in all: 4 MiB and 1.5 MiB. 656 KiB are the router's share for the core with its
                    guard against churn; the host's is four times that */
    assert_true(nrs_core_bytes(&host) <= 4 * 656 * 1024);
    assert_true(nrs_core_bytes(&router) <= 656 * 1024);
}

static void n_is_exact_over_tumbling_hours(void **state)
{
    (void)state;
    for (unsigned hour = 0; hour < 5; hour++) {
        for (unsigned i = 0; i < 4; i++) /* four minutes make it watched */
            cf_send(&cf, 1, CF_START + hour * CF_HOUR + i * CF_MINUTE);
        for (unsigned i = 0; i < 996; i++) /* twenty a minute or so: more than a minute holds */
            cf_send(&cf, 1, CF_START + hour * CF_HOUR + 4 * CF_MINUTE + i * CF_SECOND * 3);
        each(NRS_WINDOW_1H, CF_START + (hour + 1) * CF_HOUR);
        assert_int_equal(cf.last.n, 1000);
    }
    each(NRS_WINDOW_6H, CF_START + 5 * CF_HOUR);
    assert_int_equal(cf.last.n, 5000);
}

static void out_of_order_flows_land_in_their_minutes(void **state)
{
    const unsigned order[] = {0, 1, 2, 3, 9, 7, 8, 5, 30, 29, 12};

    (void)state;
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++)
        cf_send(&cf, 1, CF_START + order[i] * CF_MINUTE);
    each(NRS_WINDOW_1H, CF_START + CF_HOUR);
    assert_int_equal(cf.last.n, 11);
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) /* CF_START is midnight UTC */
        assert_int_equal(order[i] & 1 ? cf.matrix[order[i] / 2] & 15 : cf.matrix[order[i] / 2] >> 4, 1);
}

static void flows_older_than_a_day_are_counted_as_late(void **state)
{
    (void)state;
    cf_send(&cf, 1, CF_START + 2 * CF_DAY);
    cf_send(&cf, 2, CF_START + 2 * CF_DAY - CF_DAY); /* 1,440 minutes ago: its slot is taken */
    cf_send(&cf, 2, 0);
    assert_int_equal(cf_stats(&cf).late, 2);
    assert_int_equal(cf_stats(&cf).dests, 1);
    cf_send(&cf, 2, CF_START + 2 * CF_DAY - CF_DAY + CF_MINUTE);
    assert_int_equal(cf_stats(&cf).late, 2);
    assert_int_equal(cf_stats(&cf).dests, 2);
}

static void saturated_counts_are_counted(void **state)
{
    struct nrs_flow heavy = cf_flow(1, CF_START + 10 * CF_MINUTE);

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        cf_send(&cf, 1, CF_START + i * CF_MINUTE);
    heavy.weight = 20;
    nrs_core_flow(cf.core, &heavy, NULL);
    assert_int_equal(cf_stats(&cf).saturated, 5);
    heavy.weight = UINT32_MAX;
    nrs_core_flow(cf.core, &heavy, NULL);
    assert_true(cf_stats(&cf).saturated == UINT64_C(5) + UINT32_MAX);
}

static void lost_events_are_added_up(void **state)
{
    struct nrs_flow f = {.ev = NRS_EV_LOST, .weight = 70};

    (void)state;
    nrs_core_flow(cf.core, &f, NULL);
    nrs_core_flow(cf.core, &f, NULL);
    assert_int_equal(cf_stats(&cf).lost, 140);
    assert_int_equal(cf_stats(&cf).flows, 2);
}

static void an_inbound_scan_evicts_nothing_and_takes_no_day(void **state)
{
    struct nrs_flow in = cf_flow(0, CF_START);

    (void)state;
    for (unsigned i = 0; i < 40; i++)
        cf_send(&cf, i, CF_START);
    in.dir = NRS_DIR_IN;
    for (unsigned i = 0; i < 5000; i++) {
        in.remote = cf_remote(70000 + i % 700);
        in.t_ns = CF_START + i * CF_SECOND;
        nrs_core_flow(cf.core, &in, NULL);
    }
    assert_int_equal(cf_stats(&cf).evicted, 0);
    assert_int_equal(cf_stats(&cf).watched, 0);
    assert_int_equal(cf_stats(&cf).dests, 64);
    assert_true(cf_stats(&cf).refused > 0);
    cf_tick(&cf, CF_START + 5000 * CF_SECOND, CF_START + 2 * CF_HOUR);
    assert_int_equal(cf.n_judged, 0);
}

static void an_inbound_flow_is_keyed_by_our_port(void **state)
{
    struct nrs_flow in = cf_flow(1, CF_START);

    (void)state;
    in.dir = NRS_DIR_IN;
    in.lport = 22;
    for (unsigned i = 0; i < 10; i++) {
        in.rport = (uint16_t)(40000 + i);
        nrs_core_flow(cf.core, &in, NULL);
    }
    assert_int_equal(cf_stats(&cf).dests, 1);
    each(NRS_WINDOW_1H, CF_START + CF_MINUTE);
    assert_int_equal(cf.last.rport, 22);
}

static void an_end_completes_its_start(void **state)
{
    struct nrs_flow f = cf_flow(1, CF_START);

    (void)state;
    f.ev = NRS_EV_OPEN;
    f.flags = 0;
    nrs_core_flow(cf.core, &f, NULL);
    each(NRS_WINDOW_1H, CF_START + CF_MINUTE);
    assert_int_equal(cf.last.tx_med, UINT32_MAX);
    f = cf_flow(1, CF_START + 2500 * UINT64_C(1000000));
    f.ev = NRS_EV_CLOSE;
    f.dur_ms = 2500;
    nrs_core_flow(cf.core, &f, NULL);
    each(NRS_WINDOW_1H, CF_START + CF_MINUTE);
    assert_int_equal(cf.last.tx_med, 300);
    assert_int_equal(cf.last.rx_med, 900);
    assert_int_equal(cf.last.n, 1);
    assert_int_equal(cf.last.n_failed, 0);
}

static void a_connection_that_was_never_established_carried_nothing(void **state)
{
    struct nrs_flow f = cf_flow(1, CF_START);

    (void)state;
    f.end = NRS_END_REFUSED;
    nrs_core_flow(cf.core, &f, NULL);
    each(NRS_WINDOW_1H, CF_START + CF_MINUTE);
    assert_int_equal(cf.last.tx_med, 0);
    assert_int_equal(cf.last.n_failed, 1);
    f.proto = NRS_PROTO_UDP; /* an unanswered datagram was sent all the same */
    nrs_core_flow(cf.core, &f, NULL);
    each(NRS_WINDOW_1H, CF_START + CF_MINUTE);
    assert_int_equal(cf.last.tx_med, 300);
}

static void what_was_only_counted_before_the_day_began_stays_in_n(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) /* five minutes, one a second; watched in the fourth */
        cf_send(&cf, 1, CF_START + i * CF_SECOND);
    assert_int_equal(cf_stats(&cf).watched, 1);
    each(NRS_WINDOW_1H, CF_START + CF_HOUR);
    assert_int_equal(cf.last.n, 300);
}

static void an_end_without_a_start_makes_no_destination(void **state)
{
    struct nrs_flow f = cf_flow(1, CF_START);

    (void)state;
    f.ev = NRS_EV_CLOSE;
    nrs_core_flow(cf.core, &f, NULL);
    f.ev = NRS_EV_SNAP;
    nrs_core_flow(cf.core, &f, NULL);
    f.ev = NRS_EV_NAME;
    nrs_core_flow(cf.core, &f, "one.example");
    f.ev = 99;
    nrs_core_flow(cf.core, &f, NULL);
    assert_int_equal(cf_stats(&cf).dests, 0);
}

static void bytes_inside_a_connection_are_active_minutes(void **state)
{
    struct nrs_flow f = cf_flow(1, CF_START);

    (void)state;
    f.ev = NRS_EV_OPEN;
    nrs_core_flow(cf.core, &f, NULL);
    f.ev = NRS_EV_SNAP;
    for (unsigned i = 1; i < 60; i++) {
        f.t_ns = CF_START + i * CF_MINUTE;
        nrs_core_flow(cf.core, &f, NULL);
    }
    assert_int_equal(cf_stats(&cf).watched, 1);
    each(NRS_WINDOW_1H, CF_START + CF_HOUR);
    assert_int_equal(cf.last.n, 1);
    assert_int_equal(cf.x[NRS_X_acf], 246); /* watched from the fourth on: minutes 0 and 3 to 59; 56 of 58 match */
}

static void an_exempt_address_is_never_taken_in(void **state)
{
    const struct nrs_addr ours = cf_remote(1);

    (void)state;
    assert_int_equal(nrs_core_exempt(cf.core, &ours, 443, NRS_PROTO_TCP), 0);
    cf_send(&cf, 1, CF_START);
    assert_int_equal(cf_stats(&cf).dests, 0);
    struct nrs_flow other = cf_flow(1, CF_START);
    other.rport = 444;
    nrs_core_flow(cf.core, &other, NULL);
    assert_int_equal(cf_stats(&cf).dests, 1);
    assert_int_equal(nrs_core_exempt(cf.core, &ours, 0, 0), 0); /* any port, any protocol */
    other.rport = 445;
    nrs_core_flow(cf.core, &other, NULL);
    assert_int_equal(cf_stats(&cf).dests, 1);
}

static void the_ninth_exemption_is_refused(void **state)
{
    const struct nrs_addr a = cf_remote(1);

    (void)state;
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(nrs_core_exempt(cf.core, &a, (uint16_t)i, 0), 0);
    assert_int_equal(nrs_core_exempt(cf.core, &a, 9, 0), NRS_ERR_LIMIT);
}

static void a_name_stays_with_its_address(void **state)
{
    struct nrs_flow f = {.ev = NRS_EV_NAME, .remote = cf_remote(1)};

    (void)state;
    nrs_core_flow(cf.core, &f, "one.example");
    cf_send(&cf, 1, CF_START);
    each(NRS_WINDOW_1H, CF_START + CF_MINUTE);
    assert_string_equal(cf.last.name, "one.example");
}

static void an_evicted_destination_is_reported_first(void **state)
{
    (void)state;
    nrs_core_on_evict(cf.core, NRS_WINDOW_1H, cf_keep, &cf);
    for (unsigned i = 0; i < 100; i++)
        cf_send(&cf, i, CF_START + i * CF_SECOND);
    assert_int_equal(cf.n_judged, 36);
    assert_int_equal(cf_stats(&cf).evicted, 36);
    assert_true(cf.last.evicted);
    assert_int_equal(cf.last.n, 1);
    nrs_core_on_evict(cf.core, NRS_WINDOW_1H, NULL, NULL);
    cf_send(&cf, 200, CF_START + 200 * CF_SECOND);
    assert_int_equal(cf.n_judged, 36);
}

static void a_window_of_the_day_before_is_empty_and_harmless(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        cf_send(&cf, 1, CF_START + i * CF_MINUTE);
    each(NRS_WINDOW_24H, 0);
    assert_int_equal(cf.n_judged, 0);
    each(NRS_WINDOW_24H, CF_START - 2 * CF_DAY);
    assert_int_equal(cf.n_judged, 0);
    each(NRS_WINDOW_1H, CF_START + CF_HOUR);
    assert_int_equal(cf.last.n, 10);
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, small, closed)

static void a_multicast_group_is_scored_and_never_flagged(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 10; m++) {
        struct nrs_flow f = cf_flow(1, CF_START + m * CF_MINUTE);

        f.remote = cf_v4(224, 0, 0, 22);
        nrs_core_flow(cf.core, &f, NULL);
        nrs_core_tick(cf.core, CF_START + m * CF_MINUTE + CF_SECOND, cf_keep, &cf);
    }
    assert_int_equal(cf.n_judged, 0);
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 10 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.n_judged, 1);
    assert_int_equal(cf.last.score_mlogit, 2000);
    assert_false(cf.last.flagged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_TEST(configurations_out_of_range_are_refused),
        CORE_TEST(too_little_memory_is_refused),
        CORE_TEST(a_model_of_another_kind_is_refused),
        CORE_TEST(the_default_is_the_host_profile),
        CORE_TEST(both_profiles_fit_their_budgets),
        CORE_TEST(n_is_exact_over_tumbling_hours),
        CORE_TEST(out_of_order_flows_land_in_their_minutes),
        CORE_TEST(flows_older_than_a_day_are_counted_as_late),
        CORE_TEST(a_multicast_group_is_scored_and_never_flagged),
        CORE_TEST(saturated_counts_are_counted),
        CORE_TEST(lost_events_are_added_up),
        CORE_TEST(an_inbound_scan_evicts_nothing_and_takes_no_day),
        CORE_TEST(an_inbound_flow_is_keyed_by_our_port),
        CORE_TEST(an_end_completes_its_start),
        CORE_TEST(a_connection_that_was_never_established_carried_nothing),
        CORE_TEST(what_was_only_counted_before_the_day_began_stays_in_n),
        CORE_TEST(an_end_without_a_start_makes_no_destination),
        CORE_TEST(bytes_inside_a_connection_are_active_minutes),
        CORE_TEST(an_exempt_address_is_never_taken_in),
        CORE_TEST(the_ninth_exemption_is_refused),
        CORE_TEST(a_name_stays_with_its_address),
        CORE_TEST(an_evicted_destination_is_reported_first),
        CORE_TEST(a_window_of_the_day_before_is_empty_and_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
