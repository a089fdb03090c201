/* Every waiting law keeps its documented range and has the mean that its formula has. Times in microseconds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tools/simulate/timing.h"

#define DRAWS  20000
#define CLOCKS 40

struct found {
    uint64_t lo, hi, mean, median;
};

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static struct found draw(enum nrs_sim_law law, uint64_t period_us, uint32_t jitter_ppm, uint64_t seed)
{
    static uint64_t gap[DRAWS];
    struct nrs_sim_clock c = {.law = law, .period_us = period_us, .jitter_ppm = jitter_ppm, .hold = 4};
    struct nrs_sim_rng r;
    uint64_t sum = 0;

    nrs_sim_rng_seed(&r, seed, 1);
    for (unsigned i = 0; i < DRAWS; i++)
        sum += gap[i] = nrs_sim_clock_gap(&c, &r);
    qsort(gap, DRAWS, sizeof *gap, by_value);
    return (struct found){gap[0], gap[DRAWS - 1], sum / DRAWS, gap[DRAWS / 2]};
}

/* |a - b| within ppm of b: the mean of 20,000 even draws of 50 % jitter wanders by 0.2 %. */
static void assert_near(uint64_t a, uint64_t b, uint64_t ppm)
{
    uint64_t off = a > b ? a - b : b - a;

    assert_in_range(off, 0, b * ppm / 1000000 + 1);
}

/* Calls check with a period from 1 s to 1 h and a jitter of 0 to 90 %, seeded. */
static void for_all(void (*check)(uint64_t period, uint32_t jitter, uint64_t seed))
{
    struct nrs_sim_rng r;

    nrs_sim_rng_seed(&r, 20261121, 0);
    for (uint64_t seed = 0; seed < CLOCKS; seed++) {
        uint64_t period = nrs_sim_rng_scale(&r, NRS_SIM_S, 3600 * NRS_SIM_S);

        check(period, (uint32_t)nrs_sim_rng_between(&r, 0, NRS_SIM_PCT(90)), seed);
    }
}

static uint64_t part(uint64_t period, uint32_t jitter)
{
    return period * jitter / 1000000;
}

static void check_one_sided(uint64_t p, uint32_t j, uint64_t seed)
{
    struct found f = draw(NRS_SIM_ONE_SIDED, p, j, seed);

    assert_in_range(f.lo, p - part(p, j), p);
    assert_in_range(f.hi, p - part(p, j), p);
    assert_near(f.mean, p - part(p, j) / 2, 10000);
}

static void one_sided_stays_below_the_period(void **state)
{
    (void)state;
    for_all(check_one_sided);
}

static void a_quarter_of_900_s_is_675_to_900_s(void **state)
{
    struct found f = draw(NRS_SIM_ONE_SIDED, 900 * NRS_SIM_S, NRS_SIM_PCT(25), 7);

    (void)state;
    assert_in_range(f.lo, 675 * NRS_SIM_S, 676 * NRS_SIM_S);
    assert_in_range(f.hi, 899 * NRS_SIM_S, 900 * NRS_SIM_S);
}

static void check_additive(uint64_t p, uint32_t j, uint64_t seed)
{
    struct found f = draw(NRS_SIM_ADDITIVE, p, j, seed);

    assert_in_range(f.lo, p, p + part(p, j));
    assert_in_range(f.hi, p, p + part(p, j));
    assert_near(f.mean, p + part(p, j) / 2, 10000);
}

static void additive_stays_above_the_period(void **state)
{
    (void)state;
    for_all(check_additive);
}

static void check_symmetric(uint64_t p, uint32_t j, uint64_t seed)
{
    struct found f = draw(NRS_SIM_SYMMETRIC, p, j, seed);

    assert_in_range(f.lo, p - part(p, j) - 1, p + part(p, j));
    assert_in_range(f.hi, p - part(p, j), p + part(p, j) + 1);
    assert_near(f.mean, p, 20000);
}

static void symmetric_stays_around_the_period(void **state)
{
    (void)state;
    for_all(check_symmetric);
}

static void check_steady(uint64_t p, uint32_t j, uint64_t seed)
{
    struct found f = draw(NRS_SIM_STEADY, p, j / 50, seed);

    assert_in_range(f.lo, p - 6 * part(p, j / 50) - 1, p);
    assert_in_range(f.hi, p, p + 6 * part(p, j / 50) + 1);
    assert_near(f.mean, p, 2000);
}

static void steady_keeps_the_period_within_six_deviations(void **state)
{
    (void)state;
    for_all(check_steady);
}

static void check_human(uint64_t p, uint32_t j, uint64_t seed)
{
    /* The mean of 0.9 is exp(0.9^2 / 2) medians; the median of so many draws wanders by 1 %. */
    assert_near(draw(NRS_SIM_HUMAN, p, j, seed).median, p, 40000);
}

static void half_of_the_human_pauses_are_shorter_than_the_period(void **state)
{
    (void)state;
    for_all(check_human);
}

static void check_random(uint64_t p, uint32_t j, uint64_t seed)
{
    struct found f = draw(NRS_SIM_RANDOM, p, j, seed);

    assert_near(f.mean, p, 40000);
    assert_near(f.median, p * 693 / 1000, 50000); /* ln 2 */
}

static void random_events_have_an_exponential_mean_and_median(void **state)
{
    (void)state;
    for_all(check_random);
}

static void back_off_doubles_to_thirty_two_periods(void **state)
{
    struct nrs_sim_clock c = {.law = NRS_SIM_BACKOFF, .period_us = 64 * NRS_SIM_S, .hold = 2};
    struct nrs_sim_rng r;

    (void)state;
    nrs_sim_rng_seed(&r, 1, 1);
    for (unsigned i = 0; i < 40; i++) {
        unsigned doublings = i / 2 < 5 ? i / 2 : 5;

        assert_int_equal(nrs_sim_clock_gap(&c, &r), (64 * NRS_SIM_S) << doublings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sided_stays_below_the_period),
        cmocka_unit_test(a_quarter_of_900_s_is_675_to_900_s),
        cmocka_unit_test(additive_stays_above_the_period),
        cmocka_unit_test(symmetric_stays_around_the_period),
        cmocka_unit_test(steady_keeps_the_period_within_six_deviations),
        cmocka_unit_test(half_of_the_human_pauses_are_shorter_than_the_period),
        cmocka_unit_test(random_events_have_an_exponential_mean_and_median),
        cmocka_unit_test(back_off_doubles_to_thirty_two_periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
