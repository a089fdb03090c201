/* Scoring, explaining, naming, calibrating: by hand on the small model of the fixture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/model_term.h"
#include "tests/model_fixture.h"

static struct fx_model fx;
static struct fx_file file;
static struct nrs_model model;

static int small(void **state)
{
    (void)state;
    fx_small(&fx);
    fx_write(&file, &fx);
    return fx_load(&model, &file, fx.schema, NULL);
}

static int32_t sum_of(const uint16_t *x)
{
    int32_t sum;

    nrs_model_sums(&model, x, &sum);
    return sum;
}

static void zero_vector_takes_every_first_bin(void **state)
{
    const uint16_t zero[FX_FEATURES] = {0};

    (void)state;
    /* -100000 + 0*-5*8 - 127*4096 - 1 + 1*1024 = -619169; / 256 toward zero = -2418 */
    assert_int_equal(sum_of(zero), -619169);
    assert_int_equal(nrs_model_score(&model, zero), -2418);
}

static void greatest_vector_takes_every_last_bin(void **state)
{
    const uint16_t greatest[FX_FEATURES] = {65535, 255, 24, 1};

    (void)state;
    /* -100000 - 65535*5*8 + 127*4096 + 1 - 6*1024 = -2207351; / 256 = -8622.46 */
    assert_int_equal(sum_of(greatest), -2207351);
    assert_int_equal(nrs_model_score(&model, greatest), -8622);
}

static void values_above_the_maximum_count_as_the_maximum(void **state)
{
    const uint16_t greatest[FX_FEATURES] = {65535, 255, 24, 1};
    const uint16_t beyond[FX_FEATURES] = {65535, 65535, 25, 2};

    (void)state;
    assert_int_equal(sum_of(beyond), sum_of(greatest));
    fx.term[0].a = fx.term[0].b = 2; /* linear on hours, maximum 24 */
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), 0);
    assert_int_equal(sum_of(beyond), sum_of(greatest));
}

static void cut_belongs_to_the_bin_above_it(void **state)
{
    static const uint8_t cuts[] = {1, 0, 128, 0, 255, 0}; /* 1, 128, 255 */
    static const struct { uint16_t x; unsigned bin; } rows[] = {
        {0, 0}, {1, 1}, {127, 1}, {128, 2}, {254, 2}, {255, 3}, {65535, 3}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(nrs_term_bin(cuts, 3, rows[i].x), rows[i].bin);
}

static void every_number_of_cuts_finds_every_bin(void **state)
{
    uint8_t cuts[2 * NRS_MODEL_CUTS_MAX];

    (void)state;
    for (unsigned n = 1; n <= NRS_MODEL_CUTS_MAX; n++) {
        nrs_put_u16le(cuts + 2 * (n - 1), (uint16_t)(10 * n)); /* 10, 20, 30 ... */
        for (uint16_t x = 0; x < 200; x++)
            assert_int_equal(nrs_term_bin(cuts, n, x), x / 10u < n ? x / 10u : n);
    }
}

static void scores_are_rounded_toward_zero(void **state)
{
    (void)state;
    model.scale_q31[0] = 0x40000000; /* a half */
    assert_int_equal(nrs_model_mlogit(&model, 0, 3), 1);
    assert_int_equal(nrs_model_mlogit(&model, 0, -3), -1);
    assert_int_equal(nrs_model_mlogit(&model, 0, 1), 0);
    assert_int_equal(nrs_model_mlogit(&model, 0, -1), 0);
}

static void extreme_sums_do_not_overflow_the_score(void **state)
{
    (void)state;
    model.scale_q31[0] = 0x80000000u;
    assert_int_equal(nrs_model_mlogit(&model, 0, INT32_MAX), INT32_MAX);
    assert_int_equal(nrs_model_mlogit(&model, 0, -INT32_MAX), -INT32_MAX);
}

static void parts_and_bias_add_up_to_the_sum(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (int n = 0; n < 2000; n++) {
        uint16_t x[FX_FEATURES];
        int32_t parts[4], sum = model.bias[0];

        fx_random_vector(x, &seed);
        nrs_model_explain(&model, 0, x, parts);
        for (int i = 0; i < 4; i++)
            sum += parts[i];
        assert_int_equal(sum, sum_of(x));
    }
}

static void parts_are_those_of_their_terms(void **state)
{
    const uint16_t x[FX_FEATURES] = {10, 64, 6, 1};
    int32_t parts[4];

    (void)state;
    nrs_model_explain(&model, 0, x, parts);
    assert_int_equal(parts[0], 10 * -5 * 8);
    assert_int_equal(parts[1], 0);
    assert_int_equal(parts[2], -1);
    assert_int_equal(parts[3], -6 * 1024);
}

static void outputs_have_their_own_weights(void **state)
{
    const uint16_t x[FX_FEATURES] = {1, 200, 0, 0};
    int32_t sums[2];

    (void)state;
    fx.schema = &fx_packer;
    fx.n_outputs = 2;
    fx.n_terms = 2;
    fx.bias[1] = 5;
    fx.scale[1] = 0x80000000u;
    fx.name[0] = "none";
    fx.name[1] = "upx";
    fx.term[0].weight[1] = 9;
    memcpy(fx.term[1].weight + 4, (int8_t[]){1, 2, 3, 4}, 4);
    fx.term[1].shift[1] = 1;
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), 0);
    nrs_model_sums(&model, x, sums);
    assert_int_equal(sums[0], -100000 - 5 * 8 + 64 * 4096);
    assert_int_equal(sums[1], 5 + 9 + 3 * 2);
    assert_int_equal(nrs_model_mlogit(&model, 1, sums[1]), 20);
    assert_string_equal(model.output_name[1], "upx");
}

static void terms_are_named_by_their_features(void **state)
{
    char name[32];

    (void)state;
    nrs_model_term_name(&model, 0, name);
    assert_string_equal(name, "gap");
    nrs_model_term_name(&model, 3, name);
    assert_string_equal(name, "fill*flag");
}

static void longest_names_fit(void **state)
{
    static const struct nrs_feature longest[] = {{"abcdefghijklmno", 1, ""}, {"ABCDEFGHIJKLMNO", 1, ""}};
    static const struct nrs_schema schema = {"longest", NRS_KIND_BEACON, 1, 2, 0, longest};
    char name[32];

    (void)state;
    model.schema = &schema;
    model.term[3].a = 0;
    model.term[3].b = 1;
    nrs_model_term_name(&model, 3, name);
    assert_string_equal(name, "abcdefghijklmno*ABCDEFGHIJKLMNO");
}

static void risk_is_interpolated_and_flat_outside(void **state)
{
    (void)state; /* -2000: 2, 0: 50, 3000: 95 */
    assert_int_equal(nrs_model_risk(&model, INT32_MIN), 2);
    assert_int_equal(nrs_model_risk(&model, -2000), 2);
    assert_int_equal(nrs_model_risk(&model, -1000), 26);
    assert_int_equal(nrs_model_risk(&model, -1), 49);
    assert_int_equal(nrs_model_risk(&model, 0), 50);
    assert_int_equal(nrs_model_risk(&model, 1500), 72);
    assert_int_equal(nrs_model_risk(&model, 3000), 95);
    assert_int_equal(nrs_model_risk(&model, INT32_MAX), 95);
}

static void risk_never_falls_as_the_score_rises(void **state)
{
    unsigned last = 0;

    (void)state;
    for (int32_t score = -3000; score < 4000; score++) {
        unsigned risk = nrs_model_risk(&model, score);

        assert_true(risk >= last);
        last = risk;
    }
}

static void widest_calibration_does_not_overflow(void **state)
{
    (void)state;
    fx.n_points = 2;
    fx.point_score[0] = INT32_MIN;
    fx.point_score[1] = INT32_MAX;
    fx.point_percent[0] = 0;
    fx.point_percent[1] = 99;
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), 0);
    assert_int_equal(nrs_model_risk(&model, 0), 49);
    assert_int_equal(nrs_model_risk(&model, INT32_MAX - 1), 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(zero_vector_takes_every_first_bin, small),
        cmocka_unit_test_setup(greatest_vector_takes_every_last_bin, small),
        cmocka_unit_test_setup(values_above_the_maximum_count_as_the_maximum, small),
        cmocka_unit_test(cut_belongs_to_the_bin_above_it),
        cmocka_unit_test(every_number_of_cuts_finds_every_bin),
        cmocka_unit_test_setup(scores_are_rounded_toward_zero, small),
        cmocka_unit_test_setup(extreme_sums_do_not_overflow_the_score, small),
        cmocka_unit_test_setup(parts_and_bias_add_up_to_the_sum, small),
        cmocka_unit_test_setup(parts_are_those_of_their_terms, small),
        cmocka_unit_test_setup(outputs_have_their_own_weights, small),
        cmocka_unit_test_setup(terms_are_named_by_their_features, small),
        cmocka_unit_test_setup(longest_names_fit, small),
        cmocka_unit_test_setup(risk_is_interpolated_and_flat_outside, small),
        cmocka_unit_test_setup(risk_never_falls_as_the_score_rises, small),
        cmocka_unit_test_setup(widest_calibration_does_not_overflow, small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
