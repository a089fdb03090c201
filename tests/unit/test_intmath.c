#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "agent/core/bits.h"
#include "agent/core/intmath.h"

static void log_is_in_eighths_and_linear_between_powers(void **state)
{
    (void)state;
    assert_int_equal(nrs_log2_q3(0), 0);
    assert_int_equal(nrs_log2_q3(1), 0);
    assert_int_equal(nrs_log2_q3(2), 8);
    assert_int_equal(nrs_log2_q3(3), 12);
    assert_int_equal(nrs_log2_q3(250), 63); /* 128 is 56; (250 - 128) / 16 = 7 more */
    assert_int_equal(nrs_log2_q3(0x80000000u), 248);
    assert_int_equal(nrs_log2_q3(UINT32_MAX), 255);
}

static void highest_bit_is_found_in_both_halves(void **state)
{
    (void)state;
    assert_int_equal(nrs_highest_bit(0), 0);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(nrs_highest_bit(UINT64_C(1) << i), i);
        assert_int_equal(nrs_highest_bit(UINT64_MAX >> (63 - i)), i);
    }
}

static void share_rounds_down_and_saturates(void **state)
{
    (void)state;
    assert_int_equal(nrs_share(1, 3, 255, 255), 85);
    assert_int_equal(nrs_share(2, 3, 255, 255), 170);
    assert_int_equal(nrs_share(9, 3, 255, 255), 255);
    assert_int_equal(nrs_share(5, 0, 255, 255), 0);
    assert_int_equal(nrs_share(UINT64_MAX, 1, 1024, 2047), 2047); /* the product would not fit 64 bits */
}

static void code_is_exact_below_2048_and_within_a_two_thousandth_above(void **state)
{
    uint16_t before = 0;

    (void)state;
    for (uint32_t v = 0; v < 2048; v++)
        assert_int_equal(nrs_code16_value(nrs_code16(v)), v);
    for (uint64_t v = 2048; v <= UINT32_MAX; v += v / 1000) {
        uint32_t back = nrs_code16_value(nrs_code16(v));

        assert_true(back <= v && v - back <= v / 2048);
        assert_true(nrs_code16(v) >= before);
        before = nrs_code16(v);
    }
    assert_int_equal(nrs_code16(UINT64_MAX), nrs_code16(UINT32_MAX));
}

static void median_of_an_even_list_is_the_mean_of_the_middle_two(void **state)
{
    const uint32_t v[] = {1, 4, 7, 100}, high[] = {0xfffffffe, 0xffffffff};

    (void)state;
    assert_int_equal(nrs_median_sorted(v, 0), 0);
    assert_int_equal(nrs_median_sorted(v, 1), 1);
    assert_int_equal(nrs_median_sorted(v, 3), 4);
    assert_int_equal(nrs_median_sorted(v, 4), 5); /* 5.5 rounded down */
    assert_int_equal(nrs_median_sorted(high, 2), 0xfffffffe);
}

static void deviation_is_merged_from_both_sides(void **state)
{
    const uint32_t v[] = {1, 4, 7, 100};

    (void)state;
    assert_int_equal(nrs_mad_sorted(v, 0, 0), 0);
    assert_int_equal(nrs_mad_sorted(v, 1, 1), 0);
    assert_int_equal(nrs_mad_sorted(v, 3, 4), 3); /* 3 0 3 */
    assert_int_equal(nrs_mad_sorted(v, 4, 5), 3); /* 4 1 2 95: (2 + 4) / 2 */
}

static void deviation_is_that_of_sorted_differences(void **state)
{
    uint32_t v[24], off[24], seed = 5;

    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        size_t n = 1 + round % 24;
        uint32_t median;

        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            v[i] = seed >> (round % 32);
        }
        nrs_sort_u32(v, n);
        median = nrs_median_sorted(v, n);
        for (size_t i = 0; i < n; i++)
            off[i] = v[i] > median ? v[i] - median : median - v[i];
        nrs_sort_u32(off, n);
        assert_int_equal(nrs_mad_sorted(v, n, median), nrs_median_sorted(off, n));
    }
}

static void most_common_value_is_counted(void **state)
{
    const uint32_t v[] = {1, 2, 2, 2, 3, 3};

    (void)state;
    assert_int_equal(nrs_mode_count_sorted(v, 6), 3);
    assert_int_equal(nrs_mode_count_sorted(v, 1), 1);
    assert_int_equal(nrs_mode_count_sorted(v, 0), 0);
}

static void bits_are_counted_by_byte_and_in_all(void **state)
{
    uint64_t v = UINT64_C(0xff0103070f1f3f7f);

    (void)state;
    assert_true(nrs_bits_by_byte(v) == UINT64_C(0x0801020304050607));
    assert_int_equal(nrs_bits_count(v), 36);
    assert_int_equal(nrs_bits_count(UINT64_MAX), 64);
    assert_int_equal(nrs_bits_sum_bytes(UINT64_MAX), 2040);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_is_in_eighths_and_linear_between_powers),
        cmocka_unit_test(highest_bit_is_found_in_both_halves),
        cmocka_unit_test(share_rounds_down_and_saturates),
        cmocka_unit_test(code_is_exact_below_2048_and_within_a_two_thousandth_above),
        cmocka_unit_test(median_of_an_even_list_is_the_mean_of_the_middle_two),
        cmocka_unit_test(deviation_is_merged_from_both_sides),
        cmocka_unit_test(deviation_is_that_of_sorted_differences),
        cmocka_unit_test(most_common_value_is_counted),
        cmocka_unit_test(bits_are_counted_by_byte_and_in_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
