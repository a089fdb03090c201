/* Random models and marks: whatever is marked, weights and scores move no further than declared, and the steps that are
 * written score like the weights that were learnt, within the rounding that is told. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/arow.h"

#define MODELS 80
#define MARKS  60

static struct fx_model fx;
static struct fx_file file;
static struct nrs_model model;
static struct nrs_arow arow;

static void load(uint32_t *seed)
{
    struct nrs_model_envelope e;
    const char *place = "";

    fx_small(&fx);
    for (unsigned t = 0; t < fx.n_terms; t++)
        for (unsigned c = 0; c < fx_bins_a(&fx.term[t]) * fx_bins_b(&fx.term[t]); c++)
            fx.term[t].weight[c] = (int8_t)(fx_random(seed) % 255 - 127);
    fx_write(&file, &fx);
    if (nrs_model_envelope_read(&e, file.bytes, file.len, &place) ||
        nrs_model_load_as(&model, &e, &fx_beacon, &place))
        fail_msg("%s", place);
}

static void random_vector(uint16_t x[FX_FEATURES], uint32_t *seed)
{
    fx_random_vector(x, seed);
    for (unsigned f = 0; f < FX_FEATURES; f++)
        x[f] = x[f] > fx_features[f].max ? fx_features[f].max : x[f];
}

static double units(const uint16_t *x)
{
    return (double)nrs_quantised_sum(&arow.rounded, &arow.now, 0, x) * nrs_quantised_unit(&arow.rounded, 0);
}

static void nothing_moves_further_than_declared(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 2654435761u;
        unsigned quanta = 1 + n % NRS_AROW_QUANTA_MAX;
        double rounded, low, high;
        uint16_t x[FX_FEATURES];

        load(&seed);
        assert_int_equal(nrs_arow_init(&arow, &model, quanta, 1 + n % 20), 0);
        for (unsigned i = 0; i < MARKS; i++) {
            random_vector(x, &seed);
            nrs_arow_learn(&arow, x, fx_random(&seed) % 2, fx_random(&seed) % 1000);
        }
        rounded = nrs_arow_round(&arow);
        nrs_arow_reach(&arow, &low, &high);
        for (unsigned t = 0; t < model.n_terms; t++)
            for (unsigned c = 0; c < fx_bins_a(&fx.term[t]) * fx_bins_b(&fx.term[t]); c++)
                assert_in_range(abs(arow.rounded.term[t].weights[c] - fx.term[t].weight[c]), 0, quanta);
        for (unsigned i = 0; i < 200; i++) {
            double before, after;

            random_vector(x, &seed);
            before = (double)fx_sum(&fx, 0, x) * nrs_quantised_unit(&arow.rounded, 0);
            after = units(x);
            assert_true(after - before >= low - 1e-6 && after - before <= high + 1e-6);
            assert_true(fabs(after - 1000 * nrs_trained_score(&arow.now, 0, x)) <= rounded + 1e-6);
        }
        nrs_arow_done(&arow);
    }
}

static void one_mark_moves_the_score_to_its_side(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 40503u;
        uint16_t x[FX_FEATURES];
        double before;
        bool flagged = n % 2;

        load(&seed);
        random_vector(x, &seed);
        assert_int_equal(nrs_arow_init(&arow, &model, 16, 10), 0);
        before = nrs_trained_score(&arow.now, 0, x);
        if (nrs_arow_learn(&arow, x, flagged, 1e6))
            assert_true(flagged ? nrs_trained_score(&arow.now, 0, x) > before : nrs_trained_score(&arow.now, 0, x) < before);
        nrs_arow_done(&arow);
    }
}

static void satisfied_marks_move_nothing(void **state)
{
    uint32_t seed = 3;
    uint16_t x[FX_FEATURES];

    (void)state;
    load(&seed);
    random_vector(x, &seed);
    assert_int_equal(nrs_arow_init(&arow, &model, 16, 10), 0);
    assert_false(nrs_arow_learn(&arow, x, nrs_trained_score(&arow.now, 0, x) >= arow.now.threshold[0], 0));
    assert_true(nrs_arow_round(&arow) < 1e-6);
    for (unsigned t = 0; t < model.n_terms; t++)
        assert_memory_equal(arow.rounded.term[t].weights, fx.term[t].weight, fx_bins_a(&fx.term[t]) * fx_bins_b(&fx.term[t]));
    nrs_arow_done(&arow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_moves_further_than_declared),
        cmocka_unit_test(one_mark_moves_the_score_to_its_side),
        cmocka_unit_test(satisfied_marks_move_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
