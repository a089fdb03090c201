/* Random models and vectors: the device's integers are those of an int64 reference. The seed of a failure is in
 * the message; every model has its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/model_fixture.h"

#define MODELS 300
#define VECTORS 100

static struct fx_model fx;
static struct fx_file file;
static struct nrs_model model;

static uint8_t random_cuts(uint16_t *cuts, uint16_t max, uint32_t *seed)
{
    uint8_t n = 0;
    uint32_t at = 0;

    do {
        at += 1 + fx_random(seed) % (max / 8u + 1u);
        if (at > max)
            break;
        cuts[n++] = (uint16_t)at;
    } while (n < 15);
    if (n == 0)
        cuts[n++] = max;
    return n;
}

/* Two outputs, two linear terms, three of bins, three crosses, one of n-grams: ascending by construction. */
static void random_model(uint32_t *seed)
{
    static const struct { uint8_t type; uint16_t a, b; } shapes[] = {
        {NRS_TERM_LINEAR, 0, 0}, {NRS_TERM_LINEAR, 2, 2}, {NRS_TERM_BINS, 0, 0}, {NRS_TERM_BINS, 1, 1},
        {NRS_TERM_BINS, 3, 3},   {NRS_TERM_CROSS, 0, 1},  {NRS_TERM_CROSS, 2, 1}, {NRS_TERM_CROSS, 3, 0},
        {NRS_TERM_GRAMS, 2, 2}};

    fx_small(&fx);
    fx.schema = &fx_bytes;
    fx.n_outputs = 2;
    fx.n_terms = 9;
    fx.name[1] = "other";
    for (unsigned i = 0; i < fx.n_terms; i++) {
        struct fx_term *t = &fx.term[i];

        t->type = shapes[i].type;
        t->a = shapes[i].a;
        t->b = shapes[i].b;
        t->n_cuts_a = random_cuts(t->cuts_a, fx_features[t->a].max, seed);
        t->n_cuts_b = random_cuts(t->cuts_b, fx_features[t->b].max, seed);
        t->grams = (uint8_t)(1 + fx_random(seed) % 15);
        t->reach = (uint16_t)(1 + fx_random(seed) % FX_BYTES);
        t->bits = (uint8_t)(4 + fx_random(seed) % 5);
        for (unsigned o = 0; o < 2; o++)
            t->shift[o] = (uint8_t)(fx_random(seed) % (t->type == NRS_TERM_LINEAR ? 6 : 16));
        for (unsigned w = 0; w < sizeof t->weight; w++)
            t->weight[w] = (int8_t)((int)(fx_random(seed) % 255) - 127);
    }
    for (unsigned o = 0; o < 2; o++) {
        fx.bias[o] = (int32_t)(fx_random(seed) % 2000000) - 1000000;
        fx.scale[o] = 1 + fx_random(seed) % 0x80000000u;
    }
}

static void integer_scores_equal_the_reference(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 2654435761u;
        const char *place = "";

        random_model(&seed);
        fx_write(&file, &fx);
        if (fx_load(&model, &file, fx.schema, &place) != 0)
            fail_msg("model %u: %s", n, place);
        for (unsigned v = 0; v < VECTORS; v++) {
            uint16_t x[FX_VECTOR];
            int32_t sums[2];

            fx_random_vector(x, &seed);
            fx_random_bytes(x + FX_FEATURES, &seed);
            nrs_model_sums(&model, x, sums);
            for (unsigned o = 0; o < 2; o++) {
                int64_t sum = fx_sum(&fx, o, x);

                if (sums[o] != sum || nrs_model_mlogit(&model, o, sums[o]) != fx_mlogit(&fx, o, sum))
                    fail_msg("model %u, vector %u, output %u: %d, not %lld", n, v, o, sums[o], (long long)sum);
            }
            assert_int_equal(nrs_model_score(&model, x), nrs_model_mlogit(&model, 0, sums[0]));
        }
    }
}

static void contributions_add_up_for_every_output(void **state)
{
    uint32_t seed = 99;

    (void)state;
    random_model(&seed);
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), 0);
    for (unsigned v = 0; v < 1000; v++) {
        uint16_t x[FX_VECTOR];
        int32_t sums[2], parts[9];

        fx_random_vector(x, &seed);
        fx_random_bytes(x + FX_FEATURES, &seed);
        nrs_model_sums(&model, x, sums);
        for (unsigned o = 0; o < 2; o++) {
            int32_t sum = model.bias[o];

            nrs_model_explain(&model, o, x, parts);
            for (unsigned i = 0; i < 9; i++)
                sum += parts[i];
            assert_int_equal(sum, sums[o]);
        }
    }
}

static void an_updated_sum_is_the_whole_sum(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (unsigned n = 0; n < 50; n++) {
        uint16_t x[FX_VECTOR], y[FX_VECTOR];
        int32_t before[2], after[2];

        random_model(&seed);
        fx_write(&file, &fx);
        assert_int_equal(fx_load(&model, &file, fx.schema, NULL), 0);
        fx_random_vector(x, &seed);
        fx_random_vector(y, &seed);
        fx_random_bytes(x + FX_FEATURES, &seed);
        fx_random_bytes(y + FX_FEATURES, &seed);
        for (unsigned i = 0; i < FX_FEATURES; i += 2)
            y[i] = x[i];
        nrs_model_sums(&model, x, before);
        nrs_model_sums(&model, y, after);
        assert_int_equal(nrs_model_update_sum(&model, x, y, before[0]), after[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_updated_sum_is_the_whole_sum),
        cmocka_unit_test(integer_scores_equal_the_reference),
        cmocka_unit_test(contributions_add_up_for_every_output),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
