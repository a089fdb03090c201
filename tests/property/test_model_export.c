/* Random trained models: what the exporter writes is what the device loads, within the bound it states. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/export.h"

#define MODELS 60

static struct nrs_trained trained;
static struct nrs_export made;
static const struct nrs_nrm_head head = {.serial = 3};

/* -1..1, the ends included */
static double unit(uint32_t *seed)
{
    return fx_random(seed) % 20001 / 10000.0 - 1;
}

static void add_term(uint8_t type, uint16_t a, uint16_t b, uint32_t *seed)
{
    struct nrs_trained_term *t = &trained.term[trained.n_terms++];
    unsigned n;

    t->type = type;
    t->a = a;
    t->b = b;
    for (uint16_t cut = 1; type != NRS_TERM_LINEAR && t->n_cuts_a < 5 && cut <= fx_features[a].max;
         cut = (uint16_t)(cut + 1 + fx_random(seed) % 40))
        t->cuts_a[t->n_cuts_a++] = cut;
    for (uint16_t cut = 1; type == NRS_TERM_CROSS && t->n_cuts_b < 3 && cut <= fx_features[b].max;
         cut = (uint16_t)(cut + 1 + fx_random(seed) % 60))
        t->cuts_b[t->n_cuts_b++] = cut;
    assert_int_equal(nrs_trained_table(&trained, t), 0);
    n = trained.n_outputs * nrs_trained_cells(t);
    for (unsigned i = 0; i < n; i++)
        t->weights[i] = 3 * unit(seed) / (type == NRS_TERM_LINEAR ? fx_features[a].max : 1);
}

/* Terms in no order: the check sorts them. */
static void random_trained(const struct nrs_schema *schema, uint32_t *seed)
{
    nrs_trained_init(&trained, schema);
    trained.n_outputs = schema->kind == NRS_KIND_PACKER ? 3 : 1;
    for (unsigned o = 0; o < trained.n_outputs; o++) {
        trained.output_name[o][0] = (char)('a' + o);
        trained.bias[o] = 4 * unit(seed);
    }
    add_term(NRS_TERM_CROSS, 2, 1, seed);
    add_term(NRS_TERM_BINS, 1, 1, seed);
    add_term(NRS_TERM_CROSS, 1, 3, seed);
    add_term(NRS_TERM_BINS, 2, 2, seed);
    add_term(NRS_TERM_LINEAR, 0, 0, seed);
    add_term(NRS_TERM_BINS, 0, 0, seed);
    add_term(NRS_TERM_LINEAR, 2, 2, seed);
}

static void add_grams(uint32_t *seed)
{
    struct nrs_trained_term *t = &trained.term[trained.n_terms++];
    unsigned n;

    *t = (struct nrs_trained_term){.type = NRS_TERM_GRAMS,
                                   .a = 2,
                                   .b = 2,
                                   .grams = (uint8_t)(1 + fx_random(seed) % 15),
                                   .bits = (uint8_t)(4 + fx_random(seed) % 5),
                                   .reach = (uint16_t)(1 + fx_random(seed) % FX_BYTES)};
    assert_int_equal(nrs_trained_table(&trained, t), 0);
    n = trained.n_outputs * nrs_trained_cells(t);
    for (unsigned i = 0; i < n; i++)
        t->weights[i] = unit(seed);
}

static void random_bytes_vector(uint16_t x[FX_VECTOR], uint32_t *seed)
{
    fx_random_vector(x, seed);
    for (unsigned f = 0; f < FX_FEATURES; f++)
        x[f] = x[f] > fx_features[f].max ? fx_features[f].max : x[f];
    for (unsigned i = FX_FEATURES; i < FX_VECTOR; i++)
        x[i] = (uint16_t)(fx_random(seed) % 8 ? fx_random(seed) % 256 : NRS_BYTE_ABSENT);
}

static void export_or_fail(uint32_t n)
{
    struct nrs_why why = {""};

    if (nrs_trained_check(&trained, &why) != 0 || nrs_export_run(&made, &trained, &head, &why) != 0)
        fail_msg("model %u: %s", n, why.text);
}

static void drop(void)
{
    nrs_export_done(&made);
    nrs_trained_done(&trained);
}

static double off(unsigned o, const uint16_t *x)
{
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];

    nrs_model_sums(&made.model, x, sums);
    return sums[o] * nrs_quantised_unit(&made.quantised, o) - 1000 * nrs_trained_score(&trained, o, x);
}

static void scores_stay_within_the_bound(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 2654435761u;

        random_trained(n % 2 ? &fx_beacon : &fx_packer, &seed);
        export_or_fail(n);
        for (unsigned v = 0; v < 500; v++) {
            uint16_t x[FX_FEATURES];

            fx_random_vector(x, &seed);
            for (unsigned f = 0; f < FX_FEATURES; f++)
                x[f] = x[f] > fx_features[f].max ? fx_features[f].max : x[f];
            for (unsigned o = 0; o < trained.n_outputs; o++) {
                int32_t sums[NRS_MODEL_OUTPUTS_MAX];
                double score = 1000 * nrs_trained_score(&trained, o, x);

                nrs_model_sums(&made.model, x, sums);
                assert_true(fabs(nrs_model_mlogit(&made.model, o, sums[o]) - score) <= made.model.bound_mlogit);
                assert_true(off(o, x) <= made.bound[o].high + 1e-6 && off(o, x) >= made.bound[o].low - 1e-6);
            }
        }
        drop();
    }
}

static void bound_is_attained_at_its_corners(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 40503u + 7;

        random_trained(n % 2 ? &fx_beacon : &fx_packer, &seed);
        export_or_fail(n);
        for (unsigned o = 0; o < trained.n_outputs; o++) {
            assert_true(made.bound[o].attained);
            assert_true(fabs(off(o, made.bound[o].at_high) - made.bound[o].high) < 1e-6);
            assert_true(fabs(off(o, made.bound[o].at_low) - made.bound[o].low) < 1e-6);
        }
        drop();
    }
}

static void n_grams_stay_within_a_safe_bound(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 69621u;

        random_trained(&fx_bytes, &seed);
        add_grams(&seed);
        export_or_fail(n);
        assert_false(made.bound[0].attained);
        for (unsigned v = 0; v < 300; v++) {
            uint16_t x[FX_VECTOR];

            random_bytes_vector(x, &seed);
            for (unsigned o = 0; o < trained.n_outputs; o++)
                assert_true(off(o, x) <= made.bound[o].high + 1e-6 && off(o, x) >= made.bound[o].low - 1e-6);
        }
        drop();
    }
}

static void group_too_large_to_walk_gets_a_safe_bound(void **state)
{
    static const struct nrs_feature many[12] = {
        {"a", 60000, ""}, {"b", 60000, ""}, {"c", 60000, ""}, {"d", 60000, ""}, {"e", 60000, ""}, {"f", 60000, ""},
        {"g", 60000, ""}, {"h", 60000, ""}, {"i", 60000, ""}, {"j", 60000, ""}, {"k", 60000, ""}, {"l", 60000, ""}};
    static const struct nrs_schema ring = {"ring", NRS_KIND_BEACON, 1, 12, 0, many};
    uint32_t seed = 5;

    (void)state;
    nrs_trained_init(&trained, &ring);
    trained.n_outputs = 1;
    strcpy(trained.output_name[0], "ring");
    for (uint16_t f = 0; f < 12; f++) {
        struct nrs_trained_term *t = &trained.term[trained.n_terms++];

        t->type = NRS_TERM_CROSS;
        t->a = f;
        t->b = (uint16_t)((f + 1) % 12);
        t->n_cuts_a = t->n_cuts_b = 15;
        for (uint16_t c = 0; c < 15; c++)
            t->cuts_a[c] = t->cuts_b[c] = (uint16_t)(1000 * (c + 1));
        assert_int_equal(nrs_trained_table(&trained, t), 0);
        for (unsigned i = 0; i < 256; i++)
            t->weights[i] = unit(&seed);
    }
    export_or_fail(0);
    assert_false(made.bound[0].attained);
    for (unsigned v = 0; v < 2000; v++) {
        uint16_t x[12];

        for (unsigned f = 0; f < 12; f++)
            x[f] = (uint16_t)(fx_random(&seed) % 20000);
        assert_true(off(0, x) <= made.bound[0].high && off(0, x) >= made.bound[0].low);
    }
    drop();
}

static void same_model_gives_the_same_bytes(void **state)
{
    static struct nrs_nrm first;
    uint32_t seed = 11;

    (void)state;
    random_trained(&fx_beacon, &seed);
    export_or_fail(0);
    first = made.file;
    drop();
    seed = 11;
    random_trained(&fx_beacon, &seed);
    export_or_fail(0);
    assert_int_equal(first.len, made.file.len);
    assert_memory_equal(first.bytes, made.file.bytes, first.len);
    drop();
}

static void one_term(double weight)
{
    nrs_trained_init(&trained, &fx_beacon);
    trained.n_outputs = trained.n_terms = 1;
    strcpy(trained.output_name[0], "beacon");
    trained.term[0] = (struct nrs_trained_term){.type = NRS_TERM_BINS, .a = 1, .b = 1, .n_cuts_a = 1, .cuts_a = {9}};
    assert_int_equal(nrs_trained_table(&trained, &trained.term[0]), 0);
    trained.term[0].weights[0] = weight;
    trained.term[0].weights[1] = -weight / 3;
}

static void tiny_and_huge_weights_are_held_or_refused(void **state)
{
    static const struct { double weight; int rc; } rows[] = {
        {0, 0}, {1e-300, 0}, {1e-9, 0}, {1e-3, 0}, {1, 0}, {4000, 0}, {5000, NRS_ERR_OVERFLOW},
        {1e300, NRS_ERR_OVERFLOW}};
    struct nrs_why why = {""};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        one_term(rows[i].weight);
        assert_int_equal(nrs_trained_check(&trained, &why), 0);
        assert_int_equal(nrs_export_run(&made, &trained, &head, &why), rows[i].rc);
        drop();
    }
}

static void large_bias_coarsens_the_scale_until_the_sum_fits(void **state)
{
    (void)state;
    one_term(1e-4);
    trained.bias[0] = 3000;
    export_or_fail(0);
    assert_true(made.quantised.reach[0] <= INT32_MAX);
    assert_true(made.model.bound_mlogit <= 3);
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_stay_within_the_bound),
        cmocka_unit_test(bound_is_attained_at_its_corners),
        cmocka_unit_test(n_grams_stay_within_a_safe_bound),
        cmocka_unit_test(group_too_large_to_walk_gets_a_safe_bound),
        cmocka_unit_test(same_model_gives_the_same_bytes),
        cmocka_unit_test(tiny_and_huge_weights_are_held_or_refused),
        cmocka_unit_test(large_bias_coarsens_the_scale_until_the_sum_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
