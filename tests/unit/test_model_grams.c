/* Terms of hashed n-grams: sums by hand, the limits of the loader, the proof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "models/model_grams.h"
#include "tests/model_fixture.h"

static struct fx_model fx;
static struct fx_file file;
static struct nrs_model model;
static uint16_t x[FX_VECTOR];

/* One term: pairs and triples of the first six bytes, 16 buckets, bucket b weighs b. Salted with "hours". */
static int fresh(void **state)
{
    (void)state;
    fx_small(&fx);
    fx.schema = &fx_bytes;
    fx.n_terms = 1;
    fx.bias[0] = 0;
    memset(&fx.term[0], 0, sizeof fx.term[0]);
    fx.term[0].type = NRS_TERM_GRAMS;
    fx.term[0].a = fx.term[0].b = 2;
    fx.term[0].grams = 2 | 4;
    fx.term[0].reach = 6;
    fx.term[0].bits = 4;
    for (int b = 0; b < 16; b++)
        fx.term[0].weight[b] = (int8_t)b;
    memset(x, 0, sizeof x);
    return 0;
}

static void load(void)
{
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), 0);
}

static void expect(int err, const char *expected_place)
{
    const char *place = "none";

    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, fx.schema, &place), err);
    assert_string_equal(place, expected_place);
}

static int32_t sum(void)
{
    int32_t out;

    nrs_model_sums(&model, x, &out);
    return out;
}

/* python3: f=lambda bs: functools.reduce(lambda h,b: (h^b)*16777619%2**32, bs, 2166136261)
 * bucket=lambda salt,run: (h:=f([salt,len(run),*run]), (h^h>>16)%16)[1]
 * sum({bucket(9,r) for r in [(1,2),(2,3),(3,1),(2,9),(1,2,3),(2,3,1),(3,1,2),(1,2,9)]}) for 1 2 3 1 2 9 */
static void buckets_are_those_of_the_contract(void **state)
{
    static const uint8_t bytes[6] = {1, 2, 3, 1, 2, 9};

    (void)state;
    load();
    x[2] = 9;
    for (unsigned i = 0; i < 6; i++)
        x[FX_FEATURES + i] = bytes[i];
    assert_int_equal(sum(), 39);
    x[2] = 10;
    assert_int_equal(sum(), 47);
}

static void equal_runs_count_once(void **state)
{
    struct nrs_gram list[NRS_GRAMS_MAX];

    (void)state;
    load();
    assert_int_equal(nrs_grams_list(&model, &model.term[0], x, list), 2); /* 0 0 and 0 0 0 */
    assert_int_equal(list[0].n, 2);
    assert_int_equal(list[1].n, 3);
    assert_int_equal(list[0].at, 0);
    assert_int_equal(sum(), list[0].bucket + list[1].bucket);
}

static void runs_with_an_absent_byte_are_left_out(void **state)
{
    (void)state;
    load();
    for (unsigned i = 1; i < 6; i += 2)
        x[FX_FEATURES + i] = NRS_BYTE_ABSENT;
    assert_int_equal(sum(), 0);
}

static void bytes_beyond_the_reach_do_not_matter(void **state)
{
    int32_t before;

    (void)state;
    load();
    before = sum();
    x[FX_FEATURES + 6] = 77;
    assert_int_equal(sum(), before);
}

static void placed_bytes_differ_by_place(void **state)
{
    struct nrs_gram list[NRS_GRAMS_MAX];

    (void)state;
    fx.term[0].grams = 1;
    fx.term[0].reach = FX_BYTES;
    fx.term[0].bits = 8;
    load();
    assert_int_equal(nrs_grams_most(&model.term[0]), 16);
    assert_in_range(nrs_grams_list(&model, &model.term[0], x, list), 10, 16); /* 16 but for collisions */
}

static void shape_is_checked(void **state)
{
    (void)state;
    fx.term[0].grams = 0;
    expect(NRS_ERR_RANGE, "term 0: n-grams not of 1 to 4 bytes");
    fx.term[0].grams = 16;
    expect(NRS_ERR_RANGE, "term 0: n-grams not of 1 to 4 bytes");
    fx.term[0].grams = 8;
    fx.term[0].reach = 0;
    expect(NRS_ERR_RANGE, "term 0: more bytes than the schema has");
    fx.term[0].reach = FX_BYTES + 1;
    expect(NRS_ERR_RANGE, "term 0: more bytes than the schema has");
    fx.term[0].reach = FX_BYTES;
    fx.term[0].bits = 3;
    expect(NRS_ERR_LIMIT, "term 0: not 2^4 to 2^12 buckets");
    fx.term[0].bits = 4;
    load();
    fx_write(&file, &fx);
    file.bytes[file.len - 2 * (2 * FX_VECTOR + 8) - 17 - 1] = 13; /* bits: before one shift and 16 weights */
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), NRS_ERR_LIMIT);
}

static void schema_without_bytes_has_no_such_term(void **state)
{
    (void)state;
    fx.schema = &fx_packer;
    fx.term[0].reach = 1;
    expect(NRS_ERR_RANGE, "term 0: more bytes than the schema has");
}

/* 24 bytes have 23 + 22 + 21 runs and 16 placed bytes: 82, or 16 buckets if there are no more. */
static void proof_counts_runs_or_buckets(void **state)
{
    (void)state;
    fx.term[0].grams = 15;
    fx.term[0].reach = FX_BYTES;
    fx.term[0].weight[5] = 127;
    fx.bias[0] = INT32_MAX - 16 * 127;
    load();
    fx.bias[0]++;
    expect(NRS_ERR_OVERFLOW, "output 0: sum may not fit 32 bits");
    fx.term[0].bits = 8;
    fx.bias[0] = INT32_MAX - 82 * 127;
    load();
    fx.bias[0]++;
    expect(NRS_ERR_OVERFLOW, "output 0: sum may not fit 32 bits");
}

static void golden_bytes_are_bytes_or_absent(void **state)
{
    (void)state;
    fx.golden[0][FX_FEATURES] = NRS_BYTE_ABSENT;
    load();
    fx.golden[0][FX_FEATURES] = NRS_BYTE_ABSENT + 1;
    expect(NRS_ERR_RANGE, "golden 0: feature above its maximum");
}

static void the_term_is_called_start(void **state)
{
    char name[32];

    (void)state;
    load();
    nrs_model_term_name(&model, 0, name);
    assert_string_equal(name, "start");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(buckets_are_those_of_the_contract, fresh),
        cmocka_unit_test_setup(equal_runs_count_once, fresh),
        cmocka_unit_test_setup(runs_with_an_absent_byte_are_left_out, fresh),
        cmocka_unit_test_setup(bytes_beyond_the_reach_do_not_matter, fresh),
        cmocka_unit_test_setup(placed_bytes_differ_by_place, fresh),
        cmocka_unit_test_setup(shape_is_checked, fresh),
        cmocka_unit_test_setup(schema_without_bytes_has_no_such_term, fresh),
        cmocka_unit_test_setup(proof_counts_runs_or_buckets, fresh),
        cmocka_unit_test_setup(golden_bytes_are_bytes_or_absent, fresh),
        cmocka_unit_test_setup(the_term_is_called_start, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
