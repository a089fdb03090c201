#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/core/sight.h"

#define HOUR  UINT64_C(3600000)
#define DAY_S 86400u
#define A 1
#define B 2

static struct nrs_sight s;

static int fresh(void **state)
{
    (void)state;
    s = (struct nrs_sight){0};
    return 0;
}

static void nothing_is_missing_at_first(void **state)
{
    (void)state;
    assert_int_equal(nrs_sight_missing(&s, 200 * HOUR, 7 * DAY_S), 0);
}

static void what_was_missing_counts_until_the_window_has_passed(void **state)
{
    (void)state;
    nrs_sight_set(&s, 200 * HOUR, A);
    nrs_sight_set(&s, 200 * HOUR + 1, 0);
    assert_int_equal(nrs_sight_missing(&s, 201 * HOUR, 3600), A);
    nrs_sight_set(&s, 202 * HOUR, 0);
    assert_int_equal(nrs_sight_missing(&s, 202 * HOUR, 3600), 0);
    assert_int_equal(nrs_sight_missing(&s, 202 * HOUR, 6 * 3600), A);
    nrs_sight_set(&s, 367 * HOUR, 0);
    assert_int_equal(nrs_sight_missing(&s, 367 * HOUR, 7 * DAY_S), A);
    assert_int_equal(nrs_sight_missing(&s, 369 * HOUR, 7 * DAY_S), 0);
}

static void bits_are_joined_over_time(void **state)
{
    (void)state;
    nrs_sight_set(&s, 10 * HOUR, A);
    nrs_sight_set(&s, 15 * HOUR, B);
    nrs_sight_set(&s, 20 * HOUR, 0);
    assert_int_equal(nrs_sight_missing(&s, 20 * HOUR, DAY_S), A | B);
    assert_int_equal(nrs_sight_missing(&s, 20 * HOUR, 3 * 3600), B);
}

/* A machine that slept: nobody wrote these hours, and what held before them held in them. */
static void hours_without_a_report_are_like_the_one_before(void **state)
{
    (void)state;
    nrs_sight_set(&s, 10 * HOUR, A);
    assert_int_equal(nrs_sight_missing(&s, 40 * HOUR, 3600), A);
    nrs_sight_set(&s, 40 * HOUR, 0);
    assert_int_equal(nrs_sight_missing(&s, 40 * HOUR, 6 * 3600), A);
    nrs_sight_set(&s, 10000 * HOUR, B);
    assert_int_equal(nrs_sight_missing(&s, 10000 * HOUR, 7 * DAY_S), B);
}

static void a_time_from_the_past_counts_now(void **state)
{
    (void)state;
    nrs_sight_set(&s, 300 * HOUR, 0);
    nrs_sight_set(&s, 100 * HOUR, A);
    assert_int_equal(nrs_sight_missing(&s, 300 * HOUR, 3600), A);
    assert_int_equal(nrs_sight_missing(&s, 2 * HOUR, 3600), 0); /* longer ago than it is kept */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_missing_at_first, fresh),
        cmocka_unit_test_setup(what_was_missing_counts_until_the_window_has_passed, fresh),
        cmocka_unit_test_setup(bits_are_joined_over_time, fresh),
        cmocka_unit_test_setup(hours_without_a_report_are_like_the_one_before, fresh),
        cmocka_unit_test_setup(a_time_from_the_past_counts_now, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
