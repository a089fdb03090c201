/* What a judgement says of coverage and of the wall clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

static struct cf cf;

static int hourly(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .update_s = 3600, .close_s = 7200};

    (void)state;
    return cf_open(&cf, &conf);
}

static int closed(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

/* The model was trained without it. */
static void coverage_changes_neither_features_nor_score(void **state)
{
    uint16_t full[NRS_BEACON_N];

    (void)state;
    cf_beacon(&cf, 1, 0, 60, 60);
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + CF_HOUR, cf_keep, &cf);
    assert_int_equal(cf.last.coverage, NRS_COVER_FULL);
    memcpy(full, cf.x, sizeof full);
    for (unsigned bits = 1; bits <= NRS_COVER_ALL; bits++) {
        closed(NULL);
        hourly(NULL);
        nrs_core_set_coverage(cf.core, (uint8_t)bits);
        cf_beacon(&cf, 1, 0, 60, 60);
        nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + CF_HOUR, cf_keep, &cf);
        assert_int_equal(cf.last.coverage, bits);
        assert_memory_equal(cf.x, full, sizeof full);
        assert_int_equal(cf.last.score_mlogit, 2000);
    }
}

static void a_window_has_the_coverage_of_all_its_hours(void **state)
{
    (void)state;
    nrs_core_set_coverage(cf.core, NRS_COVER_LOSSY);
    cf_beacon(&cf, 1, 0, 30, 60);
    nrs_core_set_coverage(cf.core, NRS_COVER_FULL);
    cf_beacon(&cf, 1, 30, 300, 60);
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 5 * CF_HOUR, cf_keep, &cf);
    assert_int_equal(cf.last.coverage, NRS_COVER_FULL);
    nrs_core_each(cf.core, NRS_WINDOW_6H, CF_START + 5 * CF_HOUR, cf_keep, &cf);
    assert_int_equal(cf.last.coverage, NRS_COVER_LOSSY);
}

static void coverage_and_wall_clock_travel_with_the_judgement(void **state)
{
    (void)state;
    nrs_core_set_coverage(cf.core, NRS_COVER_NO_UDP);
    nrs_core_set_wall(cf.core, (int64_t)(90 * CF_MINUTE)); /* the clock shows 01:30 when the core counts 00:00 */
    cf_beacon(&cf, 1, 0, 7, 60);
    assert_int_equal(cf.last.coverage, NRS_COVER_NO_UDP);
    for (unsigned m = 0; m < 7; m++)
        assert_int_equal(cf.matrix[(90 + m) / 2] >> (m & 1 ? 0 : 4) & 15, 1);
    nrs_core_set_wall(cf.core, -(int64_t)(CF_START + 90 * CF_MINUTE)); /* a clock before 1970 */
    nrs_core_each(cf.core, NRS_WINDOW_1H, CF_START + 7 * CF_MINUTE, cf_keep, &cf);
    assert_int_equal(cf.matrix[(1440 - 90) / 2] >> 4, 1);
}

#define JUDGE_TEST(f) cmocka_unit_test_setup_teardown(f, hourly, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(coverage_changes_neither_features_nor_score),
        JUDGE_TEST(a_window_has_the_coverage_of_all_its_hours),
        JUDGE_TEST(coverage_and_wall_clock_travel_with_the_judgement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
