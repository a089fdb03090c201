/* The fixed small model scores 20,000 fixed vectors alike on every target: one hash over all sums and scores.
 * It stands in tests/golden/model, beside the model's bytes. Run from the repository. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/model_fixture.h"

#define VECTORS 20000

static struct fx_file golden;
static struct nrs_model model;

static uint64_t hash_i32(uint64_t h, int32_t v)
{
    uint8_t bytes[4];

    nrs_put_u32le(bytes, (uint32_t)v);
    for (unsigned i = 0; i < 4; i++)
        h = (h ^ bytes[i]) * 0x100000001b3u; /* FNV-1a */
    return h;
}

static int read_golden(void **state)
{
    FILE *f = fopen("tests/golden/model/small.nrm", "rb");

    (void)state;
    if (f == NULL)
        return -1;
    golden.len = fread(golden.bytes, 1, sizeof golden.bytes, f);
    fclose(f);
    return fx_load(&model, &golden, &fx_beacon, NULL);
}

static void writer_gives_the_golden_bytes(void **state)
{
    static struct fx_model fx;
    static struct fx_file written;

    (void)state;
    fx_small(&fx);
    fx_write(&written, &fx);
    assert_int_equal(written.len, golden.len);
    assert_memory_equal(written.bytes, golden.bytes, golden.len);
}

static void scores_of_fixed_vectors_have_the_golden_hash(void **state)
{
    uint64_t h = 0xcbf29ce484222325u;
    uint32_t seed = 2463534242u;
    char ours[18], expected[18] = "";
    FILE *f = fopen("tests/golden/model/small.exp", "r");

    (void)state;
    for (unsigned v = 0; v < VECTORS; v++) {
        uint16_t x[FX_FEATURES];
        int32_t sum;

        fx_random_vector(x, &seed);
        nrs_model_sums(&model, x, &sum);
        h = hash_i32(h, sum);
        h = hash_i32(h, nrs_model_score(&model, x));
    }
    snprintf(ours, sizeof ours, "%016" PRIx64 "\n", h);
    assert_non_null(f);
    assert_non_null(fgets(expected, sizeof expected, f));
    fclose(f);
    assert_string_equal(ours, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(writer_gives_the_golden_bytes, read_golden),
        cmocka_unit_test_setup(scores_of_fixed_vectors_have_the_golden_hash, read_golden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
