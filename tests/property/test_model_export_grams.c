/* Terms of hashed n-grams, exported: the device's buckets are the host's, the bound holds, the bytes repeat. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/error.h"
#include "tests/model_fixture.h"
#include "tools/model/export.h"

#define MODELS 40
#define BYTES  24

static const struct nrs_schema schema = {"fixture", NRS_KIND_PACKER, 1, FX_FEATURES, BYTES, fx_features};
static const struct nrs_nrm_head head = {.serial = 3};
static struct nrs_trained trained;
static struct nrs_export made, again;

static double unit(uint32_t *seed)
{
    return fx_random(seed) % 20001 / 10000.0 - 1;
}

static void add_term(struct nrs_trained_term shape, uint32_t *seed)
{
    struct nrs_trained_term *t = &trained.term[trained.n_terms++];

    *t = shape;
    assert_int_equal(nrs_trained_table(&trained, t), 0);
    for (unsigned i = 0; i < trained.n_outputs * nrs_trained_cells(t); i++)
        t->weights[i] = 2 * unit(seed);
}

/* Few and many buckets, short and long reach, all sets of lengths. */
static void random_trained(uint32_t *seed)
{
    nrs_trained_init(&trained, &schema);
    trained.n_outputs = 3;
    for (unsigned o = 0; o < trained.n_outputs; o++) {
        trained.output_name[o][0] = (char)('a' + o);
        trained.bias[o] = unit(seed);
    }
    add_term((struct nrs_trained_term){.type = NRS_TERM_BINS, .a = 1, .b = 1, .n_cuts_a = 2, .cuts_a = {1, 128}}, seed);
    for (uint16_t salt = 0; salt < 2; salt++)
        add_term((struct nrs_trained_term){.type = NRS_TERM_GRAMS,
                                           .a = salt,
                                           .b = salt,
                                           .grams = (uint8_t)(1 + fx_random(seed) % 15),
                                           .bits = (uint8_t)(NRS_MODEL_GRAM_BITS_MIN + fx_random(seed) % 7),
                                           .reach = (uint16_t)(1 + fx_random(seed) % BYTES)}, seed);
}

static void export_or_fail(struct nrs_export *x, uint32_t n)
{
    struct nrs_note note = {""};

    if (nrs_trained_check(&trained, &note) != 0 || nrs_export_run(x, &trained, &head, &note) != 0)
        fail_msg("model %u: %s", n, note.text);
}

/* Bytes of few values, so that runs repeat; some absent. */
static void random_vector(uint16_t *x, uint32_t *seed)
{
    fx_random_vector(x, seed);
    for (unsigned f = 0; f < FX_FEATURES; f++)
        x[f] = x[f] > fx_features[f].max ? fx_features[f].max : x[f];
    for (unsigned b = 0; b < BYTES; b++)
        x[FX_FEATURES + b] = (uint16_t)(fx_random(seed) % 8 == 0 ? NRS_BYTE_ABSENT : fx_random(seed) % 256 >> b % 7);
}

static void scores_stay_within_the_bound(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= MODELS; n++) {
        uint32_t seed = n * 2654435761u;

        random_trained(&seed);
        export_or_fail(&made, n);
        for (unsigned v = 0; v < 300; v++) {
            uint16_t x[FX_FEATURES + BYTES];
            int32_t sums[NRS_MODEL_OUTPUTS_MAX];

            random_vector(x, &seed);
            nrs_model_sums(&made.model, x, sums);
            for (unsigned o = 0; o < trained.n_outputs; o++) {
                double off = nrs_model_mlogit(&made.model, o, sums[o]) - 1000 * nrs_trained_score(&trained, o, x);

                assert_int_equal(sums[o], nrs_quantised_sum(&made.quantised, &trained, o, x));
                assert_true(fabs(off) <= made.model.bound_mlogit);
                assert_true(off <= made.bound[o].high + 1 && off >= made.bound[o].low - 1);
            }
        }
        nrs_export_done(&made);
        nrs_trained_done(&trained);
    }
}

static void one_model_is_the_same_bytes_twice(void **state)
{
    uint32_t seed = 77;

    (void)state;
    random_trained(&seed);
    export_or_fail(&made, 0);
    export_or_fail(&again, 0);
    assert_int_equal(made.file.len, again.file.len);
    assert_memory_equal(made.file.bytes, again.file.bytes, made.file.len);
    assert_false(made.bound[0].attained); /* of n-grams it is only said to be safe */
    nrs_export_done(&made);
    nrs_export_done(&again);
    nrs_trained_done(&trained);
}

static void more_bytes_than_the_schema_has_are_refused(void **state)
{
    struct nrs_note note = {""};
    uint32_t seed = 5;

    (void)state;
    random_trained(&seed);
    trained.term[1].reach = BYTES + 1;
    assert_int_equal(nrs_trained_check(&trained, &note), NRS_ERR_RANGE);
    assert_string_equal(note.text, "n-grams of 25 bytes, the schema has 24");
    nrs_trained_done(&trained);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_stay_within_the_bound),
        cmocka_unit_test(one_model_is_the_same_bytes_twice),
        cmocka_unit_test(more_bytes_than_the_schema_has_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
