#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "agent/core/gaps.h"

static struct nrs_gaps g;

/* Starts from a list of gaps, the first at `from`. */
static void measure(uint32_t from, const uint32_t *gaps, size_t n)
{
    uint32_t t[NRS_GAPS_MAX] = {from};

    for (size_t i = 0; i < n; i++)
        t[i + 1] = t[i] + gaps[i];
    nrs_gaps_measure(&g, t, n + 1);
}

static void a_perfect_beacon_has_no_deviation(void **state)
{
    const uint32_t gaps[] = {60000, 60000, 60000, 60000};

    (void)state;
    measure(1000, gaps, 4);
    assert_int_equal(g.n, 4);
    assert_int_equal(g.median_ms, 60000);
    assert_int_equal(g.mad, 0);
    assert_int_equal(g.iqr, 0);
    assert_int_equal(g.skew, 128);
    assert_int_equal(g.near, 255);
    assert_int_equal(g.harmonic, 255);
    assert_int_equal(g.run, 255);
    assert_int_equal(g.shorter, 0);
}

static void values_are_those_of_a_hand_calculation(void **state)
{
    const uint32_t gaps[] = {500, 2000, 3000, 4000, 10000};

    (void)state;
    measure(0, gaps, 5);
    assert_int_equal(g.median_ms, 3000);
    assert_int_equal(g.q1_ms, 1250);  /* of 500, 2000 */
    assert_int_equal(g.q3_ms, 7000);  /* of 4000, 10000 */
    assert_int_equal(g.mad_ms, 1000); /* 0 1000 1000 2500 7000 */
    assert_int_equal(g.mad, 341);     /* 1000 * 1024 / 3000 */
    assert_int_equal(g.iqr, 490);     /* 5750 * 256 / 3000 */
    assert_int_equal(g.skew, 178);    /* (7000 - 3000) * 256 / 5750 */
    assert_int_equal(g.near, 153);    /* 1950..4050: 2000, 3000, 4000: 3 of 5 */
    assert_int_equal(g.shorter, 51);  /* 1 of 5 */
    assert_int_equal(g.max_ms, 10000);
    assert_int_equal(g.harmonic, 0);  /* 1250, 2500, 3750, each +-125: none */
}

static void gaps_that_change_sides_are_counted(void **state)
{
    const uint32_t clock[] = {59000, 61000, 59000, 61000, 60000, 59000, 61000};
    const uint32_t bouts[] = {1000, 2000, 3000, 70000, 80000, 90000};
    const uint32_t few[] = {59000, 61000, 59000, 61000};

    (void)state;
    measure(0, clock, 7);
    assert_int_equal(g.alternating, 255); /* the one that is the median is passed over */
    measure(0, bouts, 6);
    assert_int_equal(g.alternating, 51); /* 1 of 5 */
    measure(0, few, 4);
    assert_int_equal(g.alternating, 0); /* three pairs say nothing */
}

static void median_zero_is_irregular_never_perfect(void **state)
{
    const uint32_t gaps[] = {0, 0, 0, 0, 60000};

    (void)state;
    measure(7, gaps, 5);
    assert_int_equal(g.median_ms, 0);
    assert_int_equal(g.mad, 2047);
    assert_int_equal(g.iqr, 1023);
    assert_int_equal(g.near, 0);
    assert_int_equal(g.harmonic, 0);
}

static void fewer_than_three_gaps_say_nothing(void **state)
{
    const uint32_t gaps[] = {60000, 60000, 60000};

    (void)state;
    measure(0, gaps, 2);
    assert_int_equal(g.n, 0);
    assert_int_equal(g.near, 0);
    measure(0, gaps, 3);
    assert_int_equal(g.n, 3);
}

static void order_and_wrap_do_not_matter(void **state)
{
    uint32_t t[] = {0xffffff00u + 60000u, 0xffffff00u, 0xffffff00u + 180000u, 0xffffff00u + 120000u};

    (void)state;
    nrs_gaps_measure(&g, t, 4);
    assert_int_equal(g.median_ms, 60000);
    assert_int_equal(g.max_ms, 60000);
    assert_int_equal(g.mad, 0);
}

static void missed_calls_are_harmonic(void **state)
{
    const uint32_t gaps[] = {60000, 61000, 60000, 120500, 60000, 179000, 300000, 59000};

    (void)state;
    measure(0, gaps, 8);
    assert_int_equal(g.q1_ms, 60000); /* 59000 60000 | 60000 60000 -> of the lower four: 60000 */
    assert_int_equal(g.harmonic, 223); /* all but 300000: 7 * 255 / 8 */
}

static void a_run_ends_where_a_gap_leaves_a_fifth(void **state)
{
    const uint32_t gaps[] = {1000, 1200, 1440, 3000, 3000};

    (void)state;
    measure(0, gaps, 5);
    assert_int_equal(g.run, 153); /* 1000 1200 1440: 3 of 5 */
}

static void the_widest_values_saturate(void **state)
{
    const uint32_t gaps[] = {1, 1, 1, 1, 1000000000, 1000000000, 1};

    (void)state;
    measure(0, gaps, 7);
    assert_int_equal(g.iqr, 1023);
    assert_int_equal(g.mad, 0);
    measure(0, (const uint32_t[]){1, 5000, 1, 900000, 2, 800000, 1, 3}, 8);
    assert_int_equal(g.mad, 512); /* 1 1 1 2 3 ...: median 2, deviations 0 1 1 1 1 ...: 1 * 1024 / 2 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_beacon_has_no_deviation),
        cmocka_unit_test(values_are_those_of_a_hand_calculation),
        cmocka_unit_test(gaps_that_change_sides_are_counted),
        cmocka_unit_test(median_zero_is_irregular_never_perfect),
        cmocka_unit_test(fewer_than_three_gaps_say_nothing),
        cmocka_unit_test(order_and_wrap_do_not_matter),
        cmocka_unit_test(missed_calls_are_harmonic),
        cmocka_unit_test(a_run_ends_where_a_gap_leaves_a_fifth),
        cmocka_unit_test(the_widest_values_saturate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
