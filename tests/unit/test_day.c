#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "agent/core/day.h"

#define FIRST 11520u /* a whole hour of the epoch; 11,520 = 8 * 1,440 */

static struct nrs_day day;

static int empty(void **state)
{
    (void)state;
    nrs_day_init(&day, FIRST);
    return 0;
}

static struct nrs_day_total total(uint32_t last, uint32_t span)
{
    struct nrs_day_total t;

    nrs_day_add_up(&day, last, span, &t);
    return t;
}

static void counts_lie_in_their_minutes(void **state)
{
    (void)state;
    assert_int_equal(nrs_day_add(&day, FIRST + 3, 2), 0);
    assert_int_equal(nrs_day_add(&day, FIRST + 1, 1), 0); /* out of order */
    assert_int_equal(nrs_day_count(&day, FIRST + 1), 1);
    assert_int_equal(nrs_day_count(&day, FIRST + 2), 0);
    assert_int_equal(nrs_day_count(&day, FIRST + 3), 2);
    assert_int_equal(nrs_day_count(&day, FIRST + 4), 0); /* the future */
    assert_int_equal(total(FIRST + 3, 2).n, 2);
    assert_int_equal(total(FIRST + 3, 3).n, 3);
}

static void a_minute_saturates_and_says_how_much_was_lost(void **state)
{
    (void)state;
    assert_int_equal(nrs_day_add(&day, FIRST, 10), 0);
    assert_int_equal(nrs_day_add(&day, FIRST, 10), 5);
    assert_int_equal(nrs_day_add(&day, FIRST, UINT32_MAX), UINT32_MAX);
    assert_int_equal(nrs_day_count(&day, FIRST), 15);
    assert_int_equal(total(FIRST, 60).peak, 15);
}

static void whole_hours_are_exact_although_minutes_saturate(void **state)
{
    (void)state;
    for (uint32_t m = 0; m < 60; m++)
        nrs_day_add(&day, FIRST + m, 100);
    nrs_day_add(&day, FIRST + 60, 3);
    assert_int_equal(total(FIRST + 59, 60).n, 6000);
    assert_int_equal(total(FIRST + 119, 60).n, 3);
    assert_int_equal(total(FIRST + 119, 120).n, 6003);
    assert_int_equal(total(FIRST + 60, 60).n, 6003); /* not whole hours: rounded up to them */
}

static void hours_saturate_at_65535(void **state)
{
    (void)state;
    nrs_day_add(&day, FIRST, 65000);
    nrs_day_add(&day, FIRST, 1000);
    assert_int_equal(total(FIRST + 59, 60).n, 65535);
}

static void the_minute_of_yesterday_is_forgotten(void **state)
{
    (void)state;
    nrs_day_add(&day, FIRST, 1);
    nrs_day_add(&day, FIRST + 1439, 1);
    assert_int_equal(total(FIRST + 1439, 1440).n, 2);
    nrs_day_advance(&day, FIRST + 1440);
    assert_int_equal(nrs_day_count(&day, FIRST + 1440), 0); /* the same slot */
    assert_int_equal(total(FIRST + 1440, 1440).n, 1);
    assert_int_equal(nrs_day_add(&day, FIRST, 7), 7); /* no longer kept: all lost */
}

static void an_earlier_minute_does_not_turn_time_back(void **state)
{
    (void)state;
    nrs_day_add(&day, FIRST + 100, 1);
    nrs_day_advance(&day, FIRST);
    assert_int_equal(day.newest, FIRST + 100);
    assert_int_equal(nrs_day_count(&day, FIRST + 100), 1);
}

static void a_long_silence_clears_everything(void **state)
{
    const uint32_t silences[] = {1440, 1441, 1500, 10080, 10081, 200000};

    (void)state;
    for (unsigned i = 0; i < sizeof silences / sizeof silences[0]; i++) {
        nrs_day_init(&day, FIRST);
        for (uint32_t m = 0; m < 1440; m++) {
            nrs_day_add(&day, FIRST + m, 20);
            nrs_day_mark_failed(&day, FIRST + m);
            nrs_day_mark_active(&day, FIRST + m);
        }
        nrs_day_advance(&day, FIRST + 1439 + silences[i]);
        assert_int_equal(total(day.newest, 1440).n, 0);
        assert_int_equal(total(day.newest, 1440).n_failed, 0);
        assert_int_equal(total(day.newest, 1440).peak, 0);
    }
}

static void failures_are_rounded_up_to_whole_hours_but_never_above_n(void **state)
{
    (void)state;
    nrs_day_add(&day, FIRST, 2);
    nrs_day_mark_failed(&day, FIRST);
    nrs_day_mark_failed(&day, FIRST);
    nrs_day_add(&day, FIRST + 30, 1);
    nrs_day_mark_failed(&day, FIRST + 30);
    nrs_day_add(&day, FIRST + 40, 5);
    assert_int_equal(total(FIRST + 59, 60).n_failed, 3);
    assert_int_equal(total(FIRST + 40, 20).n_failed, 3); /* one of these, three in the hour */
    assert_int_equal(total(FIRST + 30, 1).n_failed, 1);
    assert_int_equal(total(FIRST + 59, 20).n_failed, 0); /* no failed minute among them */
    nrs_day_mark_failed(&day, FIRST + 61);               /* the future is not kept */
    assert_int_equal(total(FIRST + 119, 60).n_failed, 0);
}

static void bytes_inside_a_connection_are_activity_but_no_connection(void **state)
{
    uint64_t bits[NRS_DAY_WORDS];

    (void)state;
    nrs_day_mark_active(&day, FIRST + 5);
    nrs_day_bitmap(&day, FIRST + 5, bits);
    assert_true(bits[22] == UINT64_C(1) << 31); /* minute 1,439 of the window */
    assert_int_equal(total(FIRST + 5, 60).n, 0);
}

static void the_bitmap_ends_with_the_last_minute(void **state)
{
    uint64_t bits[NRS_DAY_WORDS];

    (void)state;
    nrs_day_add(&day, FIRST, 1);
    nrs_day_add(&day, FIRST + 70, 1);
    nrs_day_bitmap(&day, FIRST + 70, bits);
    assert_true(bits[1369 / 64] == UINT64_C(1) << 1369 % 64); /* 1,439 - 70 */
    assert_true(bits[22] == UINT64_C(1) << 31);
    nrs_day_bitmap(&day, FIRST + 69, bits); /* what comes after the last minute is left out */
    assert_true(bits[22] == 0 && bits[1370 / 64] == UINT64_C(1) << 1370 % 64);
}

static void a_window_that_is_no_longer_kept_is_empty(void **state)
{
    uint64_t bits[NRS_DAY_WORDS];

    (void)state;
    nrs_day_add(&day, FIRST, 1);
    nrs_day_advance(&day, FIRST + 3000);
    nrs_day_bitmap(&day, FIRST + 100, bits);
    for (unsigned i = 0; i < NRS_DAY_WORDS; i++)
        assert_true(bits[i] == 0);
    assert_int_equal(total(FIRST + 100, 60).n, 0);
}

static void the_matrix_is_turned_to_the_wall_clock(void **state)
{
    uint8_t out[NRS_DAY_MINUTES / 2];

    (void)state;
    nrs_day_add(&day, FIRST + 61, 9); /* minute 61 of an epoch that began at 23:30: 00:31 */
    nrs_day_matrix(&day, FIRST + 61, 23 * 60 + 30, out);
    assert_int_equal(out[31 / 2], 0x09);
    out[31 / 2] = 0;
    for (unsigned i = 0; i < sizeof out; i++)
        assert_int_equal(out[i], 0);
}

static void the_week_counts_hours_and_their_connections(void **state)
{
    struct nrs_week_total week;

    (void)state;
    for (uint32_t d = 0; d < 8; d++)
        nrs_day_add(&day, FIRST + d * 1440, 2);
    nrs_day_add_up_week(&day, FIRST + 7 * 1440, &week);
    assert_int_equal(week.hours, 7); /* the eighth took the place of the first */
    assert_int_equal(week.n, 14);
    nrs_day_add_up_week(&day, FIRST + 8 * 1440, &week); /* a day later, without a connection */
    assert_int_equal(week.hours, 6);
}

static void an_hour_of_the_week_saturates(void **state)
{
    struct nrs_week_total week;

    (void)state;
    for (uint32_t m = 0; m < 20; m++)
        nrs_day_add(&day, FIRST / 60 * 60 + 60 + m, 1);
    nrs_day_add_up_week(&day, FIRST + 120, &week);
    assert_int_equal(week.hours, 1);
    assert_int_equal(week.n, NRS_COUNT_FULL);
}

static void what_the_day_forgot_still_goes_to_the_week(void **state)
{
    struct nrs_week_total week;

    (void)state;
    nrs_day_advance(&day, FIRST + 3 * 1440);
    assert_int_equal(nrs_day_add(&day, FIRST, 4), 4); /* lost to the day */
    nrs_day_add_up_week(&day, FIRST + 3 * 1440, &week);
    assert_int_equal(week.n, 4);
    assert_int_equal(nrs_day_add(&day, FIRST - 5 * 1440, 4), 4);
    nrs_day_add_up_week(&day, FIRST + 3 * 1440, &week);
    assert_int_equal(week.n, 4); /* eight days ago is too long */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(counts_lie_in_their_minutes, empty),
        cmocka_unit_test_setup(a_minute_saturates_and_says_how_much_was_lost, empty),
        cmocka_unit_test_setup(whole_hours_are_exact_although_minutes_saturate, empty),
        cmocka_unit_test_setup(hours_saturate_at_65535, empty),
        cmocka_unit_test_setup(the_minute_of_yesterday_is_forgotten, empty),
        cmocka_unit_test_setup(an_earlier_minute_does_not_turn_time_back, empty),
        cmocka_unit_test_setup(a_long_silence_clears_everything, empty),
        cmocka_unit_test_setup(failures_are_rounded_up_to_whole_hours_but_never_above_n, empty),
        cmocka_unit_test_setup(bytes_inside_a_connection_are_activity_but_no_connection, empty),
        cmocka_unit_test_setup(the_bitmap_ends_with_the_last_minute, empty),
        cmocka_unit_test_setup(a_window_that_is_no_longer_kept_is_empty, empty),
        cmocka_unit_test_setup(the_matrix_is_turned_to_the_wall_clock, empty),
        cmocka_unit_test_setup(the_week_counts_hours_and_their_connections, empty),
        cmocka_unit_test_setup(an_hour_of_the_week_saturates, empty),
        cmocka_unit_test_setup(what_the_day_forgot_still_goes_to_the_week, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
