/* The simulator's draws: known numbers, ranges, integer logarithms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tools/simulate/rng.h"

static void the_generator_gives_the_published_sequence(void **state)
{
    /* xoshiro256** from the state 1, 2, 3, 4: first outputs by hand, rotl(s1 * 5, 7) * 9. */
    struct nrs_sim_rng r = {{1, 2, 3, 4}};

    (void)state;
    assert_int_equal(nrs_sim_rng_next(&r), 11520);
    assert_int_equal(nrs_sim_rng_next(&r), 0);
    assert_int_equal(nrs_sim_rng_next(&r), 1509978240);
}

static void two_streams_of_one_seed_differ(void **state)
{
    struct nrs_sim_rng a, b;

    (void)state;
    nrs_sim_rng_seed(&a, 1, 1);
    nrs_sim_rng_seed(&b, 1, 2);
    assert_int_not_equal(nrs_sim_rng_next(&a), nrs_sim_rng_next(&b));
}

static void powers_and_logarithms_of_two_are_exact(void **state)
{
    (void)state;
    for (uint32_t k = 0; k <= 46; k++) {
        assert_int_equal(nrs_sim_exp2_q16(k << 16), (UINT64_C(1) << 16) << k);
        assert_int_equal(nrs_sim_log2_q16(UINT64_C(1) << k), k << 16);
    }
}

static void the_logarithm_undoes_the_power(void **state)
{
    (void)state;
    for (uint32_t x = 20u << 16; x < 40u << 16; x += 7919) {
        uint32_t back = nrs_sim_log2_q16(nrs_sim_exp2_q16(x) >> 16);

        assert_in_range(back, x - 4, x + 4);
    }
}

static void ranges_include_both_ends_and_nothing_else(void **state)
{
    unsigned seen[5] = {0};
    struct nrs_sim_rng r;

    (void)state;
    nrs_sim_rng_seed(&r, 3, 3);
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t v = nrs_sim_rng_between(&r, 10, 14);

        assert_in_range(v, 10, 14);
        seen[v - 10]++;
        assert_in_range(nrs_sim_rng_scale(&r, 5, 500), 5, 500);
        assert_in_range(nrs_sim_rng_scale(&r, 0, 3), 0, 3);
        assert_in_range(nrs_sim_rng_about(&r, 100, NRS_SIM_PCT(200)), 0, 200);
    }
    for (unsigned i = 0; i < 5; i++)
        assert_int_not_equal(seen[i], 0);
}

static void an_empty_range_is_its_one_value(void **state)
{
    struct nrs_sim_rng r;

    (void)state;
    nrs_sim_rng_seed(&r, 4, 4);
    assert_int_equal(nrs_sim_rng_between(&r, 7, 7), 7);
    assert_int_equal(nrs_sim_rng_scale(&r, 0, 0), 0);
    assert_int_equal(nrs_sim_rng_below(&r, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_gives_the_published_sequence),
        cmocka_unit_test(two_streams_of_one_seed_differ),
        cmocka_unit_test(powers_and_logarithms_of_two_are_exact),
        cmocka_unit_test(the_logarithm_undoes_the_power),
        cmocka_unit_test(ranges_include_both_ends_and_nothing_else),
        cmocka_unit_test(an_empty_range_is_its_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
