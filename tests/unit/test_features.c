/* Features of a destination whose connections are chosen by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "agent/core/core.h"
#include "agent/core/features.h"
#include "agent/core/intmath.h"

#define T0 UINT64_C(720000000) /* ms since the epoch: a whole hour, minute 12,000 */
#define MINUTE 60000u
#define HOUR (60 * MINUTE)

static struct nrs_dest dest;
static struct nrs_day day;
static struct nrs_profile profile;
static struct nrs_window_facts facts;
static uint16_t x[NRS_BEACON_N];

static int fresh(void **state)
{
    const struct nrs_key key = {.rport = 443, .proto = NRS_PROTO_TCP};

    (void)state;
    nrs_dest_init(&dest, &key);
    nrs_day_init(&day, T0 / MINUTE);
    return 0;
}

static struct nrs_event *start(uint64_t t)
{
    nrs_dest_touch(&dest, (uint32_t)(t / MINUTE));
    nrs_day_add(&day, (uint32_t)(t / MINUTE), 1);
    return nrs_dest_start(&dest, t);
}

static void sized(uint64_t t, uint32_t tx, uint32_t rx, uint32_t dur)
{
    struct nrs_event *e = start(t);

    e->flags = NRS_EVENT_CLOSED | NRS_EVENT_SIZES;
    e->tx = nrs_code16(tx);
    e->rx = nrs_code16(rx);
    e->dur = nrs_code16(dur);
}

static void fill(const struct nrs_day *d, enum nrs_window window, uint64_t now)
{
    if (d == &day)
        nrs_day_advance(&day, (uint32_t)((now - 1) / MINUTE));
    nrs_profile_make(&profile, &dest, d, now);
    nrs_features_fill(&profile, window, now, x, &facts);
}

static void a_minute_beacon_is_regular_in_everything(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 60; i++)
        sized(T0 + i * MINUTE, 300, 600, 100);
    fill(&day, NRS_WINDOW_1H, T0 + HOUR);
    assert_int_equal(facts.n, 60);
    assert_int_equal(facts.hours, 1);
    assert_int_equal(x[NRS_X_win], 0);
    assert_int_equal(x[NRS_X_n], 47); /* log2 60 in eighths: 32 gives 40, 60 / 4 - 8 = 7 more */
    assert_int_equal(x[NRS_X_gap_med], 126); /* 60000: 2^15 gives 120, 60000 / 4096 - 8 = 6 more */
    assert_int_equal(x[NRS_X_gap_mad], 0);
    assert_int_equal(x[NRS_X_vis_mad], 0);
    assert_int_equal(x[NRS_X_vis_near], 255);
    assert_int_equal(x[NRS_X_gap_max], 0);
    assert_int_equal(x[NRS_X_hist_top], 255);
    assert_int_equal(x[NRS_X_hist_used], 1);
    assert_int_equal(x[NRS_X_vis_size], 0);
    assert_int_equal(x[NRS_X_fill], 255);
    assert_int_equal(x[NRS_X_span], 255);
    assert_int_equal(x[NRS_X_hours], 255);
    assert_int_equal(x[NRS_X_acf], 250); /* 59 of 60 minutes have a next one */
    assert_int_equal(x[NRS_X_peak], 1);
    assert_int_equal(x[NRS_X_tx_same], 255);
    assert_int_equal(x[NRS_X_tx_mad], 0);
    assert_int_equal(x[NRS_X_rx_max], 0);
    assert_int_equal(x[NRS_X_ratio], 136); /* twice as much received: 128 + 8 */
    assert_int_equal(x[NRS_X_blind], 0);
    assert_int_equal(profile.tx_med, 300);
}

static void a_five_minute_beacon_meets_itself_at_lag_five(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 72; i++)
        start(T0 + i * 5 * MINUTE);
    fill(&day, NRS_WINDOW_6H, T0 + 6 * HOUR);
    assert_int_equal(facts.n, 72);
    assert_int_equal(facts.hours, 6);
    assert_int_equal(x[NRS_X_acf], 251);  /* 71 of 72 */
    assert_int_equal(x[NRS_X_fill], 51);  /* 72 of 356 */
    assert_int_equal(x[NRS_X_span], 252); /* 356 of 360 */
    fill(&day, NRS_WINDOW_1H, T0 + 6 * HOUR);
    assert_int_equal(facts.n, 12);
    fill(&day, NRS_WINDOW_24H, T0 + 6 * HOUR);
    assert_int_equal(facts.n, 72);
    assert_int_equal(x[NRS_X_hours], 63); /* 6 of 24 */
    assert_int_equal(x[NRS_X_span], 63);  /* 356 of 1440 */
}

static void bursts_count_as_visits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++)
        for (unsigned k = 0; k < 4; k++)
            start(T0 + i * 600000 + k * 100);
    fill(&day, NRS_WINDOW_6H, T0 + 6 * HOUR);
    assert_int_equal(x[NRS_X_vis_n], 24);    /* eight */
    assert_int_equal(x[NRS_X_vis_size], 16); /* four connections a visit */
    assert_int_equal(x[NRS_X_vis_med], nrs_log2_q3(599700 + 300));
    assert_int_equal(x[NRS_X_gap_short], 204); /* 12 of the last 15 gaps */
    assert_int_equal(x[NRS_X_peak], 4);
}

static void a_single_connection_is_no_pattern(void **state)
{
    (void)state;
    start(T0);
    fill(NULL, NRS_WINDOW_1H, T0 + MINUTE);
    assert_int_equal(facts.n, 1);
    assert_int_equal(x[NRS_X_acf], 0);
    assert_int_equal(x[NRS_X_gap_near], 0);
    assert_int_equal(x[NRS_X_fill], 255);
    assert_int_equal(x[NRS_X_blind], 255);
    assert_int_equal(profile.tx_med, UINT32_MAX);
    assert_ptr_equal(profile.day, &profile.made);
}

static void nothing_in_the_window_gives_zeroes(void **state)
{
    (void)state;
    start(T0);
    fill(&day, NRS_WINDOW_1H, T0 + 2 * HOUR);
    assert_int_equal(facts.n, 0);
    assert_int_equal(facts.hours, 0);
    assert_int_equal(x[NRS_X_fill], 0);
    assert_int_equal(x[NRS_X_span], 0);
    assert_int_equal(x[NRS_X_acf], 0);
}

static void an_unwatched_destination_counts_all_since_first_contact(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        start(T0 + i * 1000);
    fill(NULL, NRS_WINDOW_1H, T0 + 2 * MINUTE);
    assert_int_equal(facts.n, 100);
    fill(NULL, NRS_WINDOW_1H, T0 + HOUR + 30000); /* full minutes: rounded up to whole hours (day.h) */
    assert_int_equal(facts.n, 100);
    fill(NULL, NRS_WINDOW_1H, T0 + 2 * HOUR + 30000);
    assert_int_equal(facts.n, 0);
}

static void connections_of_fifty_days_are_not_those_of_an_hour(void **state)
{
    const uint64_t wrap = UINT64_C(1) << 32;

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        start(T0 + i * (wrap / 100)); /* every 12 hours for 49.7 days */
    fill(NULL, NRS_WINDOW_1H, T0 + wrap + 1000);
    assert_int_equal(facts.n, 0);
}

static void failures_are_shares(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        start(T0 + i * MINUTE)->flags = i < 18 ? 0 : NRS_EVENT_CLOSED | NRS_EVENT_FAILED;
    dest.n_failed = 2;
    fill(&day, NRS_WINDOW_1H, T0 + HOUR);
    assert_int_equal(x[NRS_X_fail], 25);     /* 2 of 20 */
    assert_int_equal(x[NRS_X_fail_now], 31); /* 2 of 16 */
}

static void forty_eight_bytes_each_way_are_ntp(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        sized(T0 + i * MINUTE, 48, i & 1 ? 48 : 0, 20);
    fill(&day, NRS_WINDOW_1H, T0 + HOUR);
    assert_int_equal(x[NRS_X_ntp], 1);
    for (unsigned i = 4; i < 8; i++)
        sized(T0 + i * MINUTE, 48, 49, 20);
    fill(&day, NRS_WINDOW_1H, T0 + HOUR);
    assert_int_equal(x[NRS_X_ntp], 0); /* half is not most */
}

static void the_largest_values_stay_within_their_maxima(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 16; i++)
        sized(T0 + i, i & 1 ? UINT32_MAX : 0, i & 1 ? 0 : UINT32_MAX, UINT32_MAX);
    fill(&day, NRS_WINDOW_24H, T0 + HOUR);
    for (unsigned i = 0; i < NRS_BEACON_N; i++)
        assert_true(x[i] <= nrs_schema_beacon.features[i].max);
}

static void ports_fall_into_classes(void **state)
{
    const struct { uint16_t port; uint8_t proto, class; } rows[] = {
        {443, 6, 6}, {80, 6, 5}, {8080, 6, 7}, {53, 17, 2}, {123, 17, 1}, {67, 17, 3}, {5353, 17, 4}, {1883, 6, 8},
        {22, 6, 9}, {25, 6, 10}, {445, 6, 11}, {1, 6, 12}, {1023, 6, 12}, {1024, 6, 0}, {49151, 6, 0}, {49152, 6, 13},
        {65535, 6, 13}, {6667, 6, 14}, {0, 6, 12}, {443, 1, 15}, {0, 58, 15}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(nrs_port_class(rows[i].port, rows[i].proto), rows[i].class);
}

static struct nrs_addr v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct nrs_addr){{[10] = 0xff, 0xff, a, b, c, d}};
}

static void addresses_fall_into_classes(void **state)
{
    const struct { struct nrs_addr addr; uint8_t class; } rows[] = {
        {v4(8, 8, 8, 8), 0}, {v4(10, 1, 2, 3), 1}, {v4(172, 15, 0, 1), 0}, {v4(172, 16, 0, 1), 1},
        {v4(172, 31, 255, 255), 1}, {v4(172, 32, 0, 0), 0}, {v4(192, 168, 1, 1), 1}, {v4(192, 169, 1, 1), 0},
        {v4(100, 64, 0, 1), 1}, {v4(100, 128, 0, 1), 0}, {v4(224, 0, 0, 251), 2}, {v4(255, 255, 255, 255), 2},
        {v4(169, 254, 1, 1), 3}, {v4(127, 0, 0, 1), 0}, {{{0x20, 1, 0xd, 0xb8}}, 0}, {{{0xff, 2}}, 2},
        {{{0xfe, 0x80}}, 3}, {{{0xfe, 0xbf}}, 3}, {{{0xfe, 0xc0}}, 0}, {{{0xfc}}, 1}, {{{0xfd, 1}}, 1}, {{{0}}, 0}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(nrs_place_class(&rows[i].addr), rows[i].class);
}

static void some_destinations_cannot_be_c2(void **state)
{
    const struct nrs_addr inside = v4(10, 0, 0, 5), outside = v4(8, 8, 8, 8);
    const struct nrs_addr link = {{0xfe, 0x80}}, group = {{0xff, 2}};
    const struct { struct nrs_addr local, remote; uint8_t inbound; bool can; } rows[] = {
        {inside, outside, 0, true},  {inside, inside, 0, true},   {outside, outside, 0, true},
        {inside, outside, 1, false}, {outside, inside, 0, false}, {inside, v4(224, 0, 0, 22), 0, false},
        {inside, link, 0, false},    {inside, group, 0, false},   {inside, v4(255, 255, 255, 255), 0, false},
        {inside, v4(169, 254, 169, 254), 0, false}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nrs_key k = {rows[i].local, rows[i].remote, 443, NRS_PROTO_TCP, rows[i].inbound};

        assert_int_equal(nrs_key_can_be_c2(&k), rows[i].can);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_minute_beacon_is_regular_in_everything, fresh),
        cmocka_unit_test_setup(a_five_minute_beacon_meets_itself_at_lag_five, fresh),
        cmocka_unit_test_setup(bursts_count_as_visits, fresh),
        cmocka_unit_test_setup(a_single_connection_is_no_pattern, fresh),
        cmocka_unit_test_setup(nothing_in_the_window_gives_zeroes, fresh),
        cmocka_unit_test_setup(an_unwatched_destination_counts_all_since_first_contact, fresh),
        cmocka_unit_test_setup(connections_of_fifty_days_are_not_those_of_an_hour, fresh),
        cmocka_unit_test_setup(failures_are_shares, fresh),
        cmocka_unit_test_setup(forty_eight_bytes_each_way_are_ntp, fresh),
        cmocka_unit_test_setup(the_largest_values_stay_within_their_maxima, fresh),
        cmocka_unit_test(ports_fall_into_classes),
        cmocka_unit_test(addresses_fall_into_classes),
        cmocka_unit_test(some_destinations_cannot_be_c2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
