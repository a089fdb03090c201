#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "agent/core/dest.h"

#define T0 UINT64_C(700000000) /* ms since the epoch: minute 11,666 and 40 s */
#define MIN0 11666u
#define DAY_MS UINT64_C(86400000)

static struct nrs_dest dest;
static const struct nrs_key key = {.rport = 443, .proto = 6};

static int fresh(void **state)
{
    (void)state;
    nrs_dest_init(&dest, &key);
    return 0;
}

static void start(uint64_t t)
{
    nrs_dest_touch(&dest, (uint32_t)(t / 60000));
    nrs_dest_start(&dest, t);
}

static void first_start_is_a_visit_without_a_gap(void **state)
{
    (void)state;
    start(T0);
    assert_int_equal(dest.n, 1);
    assert_int_equal(dest.n_visits, 1);
    assert_int_equal(dest.first_s, 700000);
    assert_int_equal(dest.last_ms, 700000000);
    assert_int_equal(dest.active_minutes, 1);
    for (unsigned i = 0; i < NRS_GAP_BINS; i++)
        assert_int_equal(dest.gap_hist[i], 0);
}

static void gaps_fall_into_half_octaves_from_a_quarter_second(void **state)
{
    const struct { uint32_t gap_ms, bin; } rows[] = {
        {0, 0}, {250, 0}, {351, 0}, {352, 1}, {500, 2}, {1000, 4}, {60000, 15}, {16384000, 31}, {86400000, 31}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nrs_dest_init(&dest, &key);
        start(T0);
        start(T0 + rows[i].gap_ms);
        assert_int_equal(dest.gap_hist[rows[i].bin], 1);
    }
}

static void a_full_histogram_is_halved(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= 256; i++)
        start(T0 + i * 1000);
    assert_int_equal(dest.gap_hist[4], 128); /* 255 / 2 + 1 */
}

static void a_visit_begins_after_ten_quiet_seconds(void **state)
{
    (void)state;
    start(T0);
    start(T0 + 9999);
    assert_int_equal(dest.n_visits, 1);
    start(T0 + 9999 + 10000);
    assert_int_equal(dest.n_visits, 2);
}

static void an_earlier_start_moves_the_first_contact_only(void **state)
{
    (void)state;
    start(T0);
    start(T0 - 5000);
    assert_int_equal(dest.first_s, 699995);
    assert_int_equal(dest.last_ms, T0);
    assert_int_equal(dest.n, 2);
    assert_int_equal(dest.n_visits, 1);
}

static void rings_keep_the_latest(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 40; i++)
        start(T0 + i * 20000);
    assert_int_equal(dest.n_events, NRS_EVENTS);
    assert_int_equal(dest.n_visits, NRS_VISITS);
    assert_int_equal(dest.events[dest.next_event].start_ms, T0 + 24 * 20000); /* 40 - 16 */
    assert_int_equal(dest.visit_ms[dest.next_visit], T0 + 16 * 20000);        /* 40 - 24 */
}

static void an_end_finds_its_start_within_twenty_milliseconds(void **state)
{
    (void)state;
    start(T0);
    assert_non_null(nrs_dest_open_event(&dest, (uint32_t)T0 + 20));
    assert_non_null(nrs_dest_open_event(&dest, (uint32_t)T0 - 20));
    assert_null(nrs_dest_open_event(&dest, (uint32_t)T0 + 21));
    assert_null(nrs_dest_open_event(&dest, (uint32_t)T0 - 21));
    dest.events[0].flags = NRS_EVENT_CLOSED;
    assert_null(nrs_dest_open_event(&dest, (uint32_t)T0));
}

static void a_minute_counts_once(void **state)
{
    (void)state;
    assert_true(nrs_dest_touch(&dest, MIN0));
    assert_false(nrs_dest_touch(&dest, MIN0));
    assert_false(nrs_dest_touch(&dest, MIN0 - 1));
    assert_true(nrs_dest_touch(&dest, MIN0 + 1));
    assert_int_equal(dest.active_minutes, 2);
    assert_int_equal(nrs_dest_idle_min(&dest, MIN0 + 61), 60);
    assert_int_equal(nrs_dest_idle_min(&dest, MIN0), 0);
}

static void after_eight_silent_days_it_starts_over_but_keeps_its_verdict(void **state)
{
    (void)state;
    start(T0);
    start(T0 + 60000);
    dest.verdict.number = 5;
    dest.watched = 3;
    start(T0 + 60000 + 8 * DAY_MS - 60000);
    assert_int_equal(dest.n, 3);
    start(T0 + 17 * DAY_MS);
    assert_int_equal(dest.n, 1);
    assert_int_equal(dest.first_s, (T0 + 17 * DAY_MS) / 1000);
    assert_int_equal(dest.active_minutes, 1);
    assert_int_equal(dest.verdict.number, 5);
    assert_int_equal(dest.watched, 3);
}

static void a_time_beyond_the_wrap_is_not_taken_for_a_young_one(void **state)
{
    const uint64_t wrap = UINT64_C(1) << 32; /* ms: 49.7 days */

    (void)state;
    start(T0);
    start(T0 + wrap + 300000); /* modulo 2^32 five minutes later */
    assert_int_equal(dest.n, 1);
    assert_int_equal(dest.n_events, 1);
}

static void first_contact_survives_fifty_days(void **state)
{
    (void)state;
    for (uint64_t d = 0; d < 60; d++)
        start(T0 + d * DAY_MS);
    start(T0 + 59 * DAY_MS - 3600000); /* out of order, and more than 2^31 ms after the first contact */
    assert_int_equal(dest.first_s, T0 / 1000);
}

static void fading_halves_and_drops_what_is_older_than_two_weeks(void **state)
{
    (void)state;
    for (uint64_t d = 0; d < 20; d++)
        start(T0 + d * DAY_MS);
    assert_int_equal(dest.gap_hist[31], 19);
    nrs_dest_fade(&dest, (uint32_t)(T0 + 20 * DAY_MS));
    assert_int_equal(dest.gap_hist[31], 9);
    assert_int_equal(dest.n_events, 14); /* days 6 to 19 */
    assert_int_equal(dest.n_visits, 14);
    assert_int_equal(dest.events[0].start_ms, (uint32_t)(T0 + 6 * DAY_MS));
    assert_int_equal(dest.visit_ms[0], (uint32_t)(T0 + 6 * DAY_MS));
    start(T0 + 20 * DAY_MS);
    assert_int_equal(dest.events[14].start_ms, (uint32_t)(T0 + 20 * DAY_MS));
    assert_int_equal(dest.n_events, 15);
}

static void a_new_day_holds_what_the_sketch_remembers(void **state)
{
    struct nrs_day day;

    (void)state;
    start(T0);             /* 40 s into minute 11,666 */
    start(T0 + 20000 - 1); /* the same minute */
    start(T0 + 20000);     /* the next */
    dest.events[2].flags = NRS_EVENT_FAILED;
    nrs_dest_fill_day(&dest, &day, T0 + 600000);
    assert_int_equal(day.newest, MIN0 + 10);
    assert_int_equal(nrs_day_count(&day, MIN0), 2);
    assert_int_equal(nrs_day_count(&day, MIN0 + 1), 1);
    assert_int_equal(day.hours_failed[(MIN0 + 1) / 60 % NRS_DAY_HOURS], 1);
}

static void a_day_made_across_the_wrap_is_right(void **state)
{
    const uint64_t wrap = UINT64_C(1) << 32;
    struct nrs_day day;

    (void)state;
    start(wrap - 90000);
    nrs_dest_fill_day(&dest, &day, wrap + 90000);
    assert_int_equal(nrs_day_count(&day, (uint32_t)((wrap - 90000) / 60000)), 1);
}

static void the_hash_is_the_same_on_every_target(void **state)
{
    struct nrs_key k = key;

    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        k.remote.b[i] = (uint8_t)i;
        k.local.b[i] = (uint8_t)(0xf0 + i);
    }
    assert_int_equal(nrs_key_hash(&k, 1), 0x4029a19cu); /* computed from MurmurHash3's description */
    assert_int_not_equal(nrs_key_hash(&k, 2), nrs_key_hash(&k, 1));
}

static void every_part_of_a_key_matters(void **state)
{
    struct nrs_key k = key;

    (void)state;
    assert_true(nrs_key_equal(&k, &key));
    k.inbound = 1;
    assert_false(nrs_key_equal(&k, &key));
    k = key;
    k.proto = 17;
    assert_false(nrs_key_equal(&k, &key));
    k = key;
    k.rport = 80;
    assert_false(nrs_key_equal(&k, &key));
    k = key;
    k.local.b[15] = 1;
    assert_false(nrs_key_equal(&k, &key));
    k = key;
    k.remote.b[0] = 1;
    assert_false(nrs_key_equal(&k, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(first_start_is_a_visit_without_a_gap, fresh),
        cmocka_unit_test_setup(gaps_fall_into_half_octaves_from_a_quarter_second, fresh),
        cmocka_unit_test_setup(a_full_histogram_is_halved, fresh),
        cmocka_unit_test_setup(a_visit_begins_after_ten_quiet_seconds, fresh),
        cmocka_unit_test_setup(an_earlier_start_moves_the_first_contact_only, fresh),
        cmocka_unit_test_setup(rings_keep_the_latest, fresh),
        cmocka_unit_test_setup(an_end_finds_its_start_within_twenty_milliseconds, fresh),
        cmocka_unit_test_setup(a_minute_counts_once, fresh),
        cmocka_unit_test_setup(after_eight_silent_days_it_starts_over_but_keeps_its_verdict, fresh),
        cmocka_unit_test_setup(a_time_beyond_the_wrap_is_not_taken_for_a_young_one, fresh),
        cmocka_unit_test_setup(first_contact_survives_fifty_days, fresh),
        cmocka_unit_test_setup(fading_halves_and_drops_what_is_older_than_two_weeks, fresh),
        cmocka_unit_test_setup(a_new_day_holds_what_the_sketch_remembers, fresh),
        cmocka_unit_test_setup(a_day_made_across_the_wrap_is_right, fresh),
        cmocka_unit_test_setup(the_hash_is_the_same_on_every_target, fresh),
        cmocka_unit_test_setup(every_part_of_a_key_matters, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
