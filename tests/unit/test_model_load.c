/* Every refusal of the loader, each with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"

static struct fx_model fx;
static struct fx_file file;
static struct nrs_model model;

static int fresh(void **state)
{
    (void)state;
    fx_small(&fx);
    fx_write(&file, &fx);
    return 0;
}

static void expect(int err, const char *expected_place)
{
    struct nrs_model before;
    const char *place = "none";

    memset(&model, 0x5a, sizeof model);
    before = model;
    assert_int_equal(fx_load(&model, &file, fx.schema, &place), err);
    assert_string_equal(place, expected_place);
    assert_memory_equal(&before, &model, sizeof model);
    assert_int_equal(fx_load(&model, &file, fx.schema, NULL), err);
}

static void expect_of_struct(int err, const char *expected_place)
{
    fx_write(&file, &fx);
    expect(err, expected_place);
}

/* Pointing the body length at what is there, so that the cut is met inside the body. */
static void cut_body_to(size_t len)
{
    file.len = 136 + len;
    nrs_put_u32le(file.bytes + 28, (uint32_t)len);
}

static void small_model_is_loaded(void **state)
{
    const char *place = "none";

    (void)state;
    assert_int_equal(fx_load(&model, &file, &fx_beacon, &place), 0);
    assert_string_equal(place, "none");
    assert_int_equal(model.serial, 7);
    assert_int_equal(model.n_terms, 4);
    assert_string_equal(model.output_name[0], "beacon");
    assert_int_equal(model.threshold_mlogit[2], 1000);
    assert_int_equal(model.bound_mlogit, 42);
    assert_int_equal(model.bias[0], -100000);
    assert_ptr_equal(model.schema, &fx_beacon);
}

static void header_is_checked(void **state)
{
    (void)state;
    file.bytes[0] = 'n';
    expect(NRS_ERR_FORMAT, "header: not a model file");
    fresh(NULL);
    file.bytes[4] = 2;
    expect(NRS_ERR_FORMAT, "header: unknown format number");
    fresh(NULL);
    file.bytes[7] = 1;
    expect(NRS_ERR_FORMAT, "header: reserved bytes not zero");
    fresh(NULL);
    file.bytes[135] = 1;
    expect(NRS_ERR_FORMAT, "header: signature without a key id");
    file.bytes[32] = 1;
    assert_int_equal(fx_load(&model, &file, &fx_beacon, NULL), 0);
}

static void lengths_are_checked(void **state)
{
    (void)state;
    file.len = 135;
    expect(NRS_ERR_SHORT, "header: cut off");
    fresh(NULL);
    file.len--;
    expect(NRS_ERR_SHORT, "body: cut off");
    fresh(NULL);
    file.len++;
    expect(NRS_ERR_FORMAT, "body: followed by more bytes");
    file.len = 65537;
    expect(NRS_ERR_LIMIT, "file: larger than 65536 bytes");
}

static void other_kinds_and_schemas_are_refused(void **state)
{
    struct nrs_model_envelope e;
    const char *place;

    (void)state;
    file.bytes[16] ^= 1;
    expect(NRS_ERR_SCHEMA, "header: made for another feature schema");
    file.bytes[5] = NRS_KIND_PACKER;
    expect(NRS_ERR_SCHEMA, "header: another kind of model");
    file.bytes[5] = 99;
    assert_int_equal(nrs_model_envelope_read(&e, file.bytes, file.len, NULL), 0);
    assert_int_equal(nrs_model_load(&model, &e, &place), NRS_ERR_SCHEMA);
    assert_string_equal(place, "header: unknown kind of model");
}

static void kind_selects_the_programs_own_schema(void **state)
{
    struct nrs_model_envelope e;
    const char *place;

    (void)state;
    assert_int_equal(nrs_model_envelope_read(&e, file.bytes, file.len, NULL), 0);
    assert_int_equal(nrs_model_load(&model, &e, &place), NRS_ERR_SCHEMA);
    assert_string_equal(place, "header: made for another feature schema");
}

static void counts_are_limited(void **state)
{
    (void)state;
    file.bytes[136] = 0;
    expect(NRS_ERR_LIMIT, "outputs: not 1 to 32");
    file.bytes[136] = 33;
    expect(NRS_ERR_LIMIT, "outputs: not 1 to 32");
    file.bytes[136] = 2;
    expect(NRS_ERR_LIMIT, "outputs: not as many as this kind has");
    fresh(NULL);
    file.bytes[137] = 0;
    expect(NRS_ERR_LIMIT, "calibration: not 1 to 32 points");
    file.bytes[137] = 33;
    expect(NRS_ERR_LIMIT, "calibration: not 1 to 32 points");
    fresh(NULL);
    file.bytes[138] = 129;
    expect(NRS_ERR_LIMIT, "terms: not 1 to 128");
    file.bytes[138] = 0;
    expect(NRS_ERR_LIMIT, "terms: not 1 to 128");
    fresh(NULL);
    file.bytes[140] = 5;
    expect(NRS_ERR_LIMIT, "golden: not 1 to 4 pairs");
    file.bytes[140] = 0;
    expect(NRS_ERR_LIMIT, "golden: not 1 to 4 pairs");
    fresh(NULL);
    file.bytes[141] = 1;
    expect(NRS_ERR_FORMAT, "body: reserved byte not zero");
}

static void bound_is_not_negative(void **state)
{
    (void)state;
    fx.bound = -1;
    expect_of_struct(NRS_ERR_RANGE, "bound: negative");
}

static void output_is_checked(void **state)
{
    (void)state;
    fx.scale[0] = 0;
    expect_of_struct(NRS_ERR_RANGE, "output 0: scale not in 1 to 2^31");
    fx.scale[0] = 0x80000001u;
    expect_of_struct(NRS_ERR_RANGE, "output 0: scale not in 1 to 2^31");
    fx_small(&fx);
    fx.name[0] = "";
    expect_of_struct(NRS_ERR_RANGE, "output 0: name not 1 to 31 plain characters");
    fx.name[0] = "thirty-two-characters-are-1-more";
    expect_of_struct(NRS_ERR_RANGE, "output 0: name not 1 to 31 plain characters");
    fx.name[0] = "qu\"ote";
    expect_of_struct(NRS_ERR_RANGE, "output 0: name not 1 to 31 plain characters");
    fx.name[0] = "line\nfeed";
    expect_of_struct(NRS_ERR_RANGE, "output 0: name not 1 to 31 plain characters");
}

static void calibration_is_monotone(void **state)
{
    (void)state;
    fx.point_score[2] = fx.point_score[1];
    expect_of_struct(NRS_ERR_RANGE, "calibration 2: scores not ascending");
    fx_small(&fx);
    fx.point_percent[1] = 1;
    expect_of_struct(NRS_ERR_RANGE, "calibration 1: percent descends");
    fx.point_percent[1] = 100;
    expect_of_struct(NRS_ERR_RANGE, "calibration 1: percent above 99");
}

static void term_types_are_known(void **state)
{
    (void)state;
    fx.term[0].type = 0;
    expect_of_struct(NRS_ERR_UNSUPPORTED, "term 0: unknown type");
    fx.term[0].type = 5;
    expect_of_struct(NRS_ERR_UNSUPPORTED, "term 0: unknown type");
}

static void features_of_terms_exist(void **state)
{
    (void)state;
    fx.term[2].a = FX_FEATURES;
    expect_of_struct(NRS_ERR_RANGE, "term 2: no such feature");
    fx_small(&fx);
    fx.term[3].b = FX_FEATURES;
    expect_of_struct(NRS_ERR_RANGE, "term 3: no such feature");
    fx.term[3].b = fx.term[3].a;
    expect_of_struct(NRS_ERR_RANGE, "term 3: crosses a feature with itself");
}

static void cuts_are_checked(void **state)
{
    (void)state;
    fx.term[1].cuts_a[1] = 1;
    expect_of_struct(NRS_ERR_RANGE, "term 1: cuts not ascending from 1");
    fx.term[1].cuts_a[0] = 0;
    expect_of_struct(NRS_ERR_RANGE, "term 1: cuts not ascending from 1");
    fx_small(&fx);
    fx.term[1].cuts_a[2] = 256;
    expect_of_struct(NRS_ERR_RANGE, "term 1: cut above the feature's maximum");
    fx_small(&fx);
    fx.term[3].cuts_b[0] = 2;
    expect_of_struct(NRS_ERR_RANGE, "term 3: cut above the feature's maximum");
    fx_small(&fx);
    fx.term[2].n_cuts_a = 0;
    expect_of_struct(NRS_ERR_LIMIT, "term 2: not 1 to 15 cuts");
    fx.term[2].n_cuts_a = 16;
    expect_of_struct(NRS_ERR_LIMIT, "term 2: not 1 to 15 cuts");
}

static void weights_and_shifts_are_checked(void **state)
{
    (void)state;
    fx.term[3].weight[5] = -128;
    expect_of_struct(NRS_ERR_RANGE, "term 3: weight -128");
    fx_small(&fx);
    fx.term[0].shift[0] = 16;
    expect_of_struct(NRS_ERR_RANGE, "term 0: shift above 15");
}

static void terms_are_in_order_and_single(void **state)
{
    (void)state;
    fx.term[2].a = 1;
    expect_of_struct(NRS_ERR_FORMAT, "term 2: out of order or twice");
    fx.term[2].a = 0;
    expect_of_struct(NRS_ERR_FORMAT, "term 2: out of order or twice");
}

static void sum_that_may_overflow_is_refused(void **state)
{
    (void)state;
    fx.term[0].weight[0] = -127;
    fx.term[0].shift[0] = 8; /* 127 * 65535 * 256 = 2,130,673,920: 16,809,727 below 2^31 */
    fx.bias[0] = 0;
    fx.n_golden = 1;
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, &fx_beacon, NULL), 0);
    fx.bias[0] = 16809727 - 127 * 4096 - 1 - 6 * 1024; /* the other terms' reach: exactly 2^31 - 1 */
    fx_write(&file, &fx);
    assert_int_equal(fx_load(&model, &file, &fx_beacon, NULL), 0);
    fx.bias[0]++;
    expect_of_struct(NRS_ERR_OVERFLOW, "output 0: sum may not fit 32 bits");
    fx.bias[0] = INT32_MIN;
    expect_of_struct(NRS_ERR_OVERFLOW, "output 0: sum may not fit 32 bits");
}

static void golden_pairs_must_come_out(void **state)
{
    (void)state;
    fx.golden_lie = 1;
    expect_of_struct(NRS_ERR_SELFTEST, "golden 0: does not come out as stored");
    fx_small(&fx);
    fx.golden[1][3] = 2;
    expect_of_struct(NRS_ERR_RANGE, "golden 1: feature above its maximum");
    fx_small(&fx);
    fx_write(&file, &fx);
    file.bytes[file.len - 1] ^= 0x40; /* the stored score of the last pair, its sum intact */
    expect(NRS_ERR_SELFTEST, "golden 1: does not come out as stored");
}

static void body_is_refused_at_every_cut(void **state)
{
    size_t full = file.len - 136;

    (void)state;
    for (size_t len = 0; len < full; len++) {
        cut_body_to(len);
        assert_int_equal(fx_load(&model, &file, &fx_beacon, NULL), NRS_ERR_SHORT);
    }
    cut_body_to(full + 1);
    expect(NRS_ERR_FORMAT, "body: bytes after the golden pairs");
}

static void cut_body_names_the_part(void **state)
{
    (void)state;
    cut_body_to(21);
    expect(NRS_ERR_SHORT, "body: cut off before the outputs");
    cut_body_to(30);
    expect(NRS_ERR_SHORT, "output 0: cut off");
    cut_body_to(38);
    expect(NRS_ERR_SHORT, "calibration: cut off");
    cut_body_to(52);
    expect(NRS_ERR_SHORT, "term 0: cut off");
    cut_body_to(53);
    expect(NRS_ERR_SHORT, "term 0: cut off in its features");
    cut_body_to(56);
    expect(NRS_ERR_SHORT, "term 0: cut off in its weights");
    cut_body_to(60);
    expect(NRS_ERR_SHORT, "term 1: cut off in its cuts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(small_model_is_loaded, fresh),
        cmocka_unit_test_setup(header_is_checked, fresh),
        cmocka_unit_test_setup(lengths_are_checked, fresh),
        cmocka_unit_test_setup(other_kinds_and_schemas_are_refused, fresh),
        cmocka_unit_test_setup(kind_selects_the_programs_own_schema, fresh),
        cmocka_unit_test_setup(counts_are_limited, fresh),
        cmocka_unit_test_setup(bound_is_not_negative, fresh),
        cmocka_unit_test_setup(output_is_checked, fresh),
        cmocka_unit_test_setup(calibration_is_monotone, fresh),
        cmocka_unit_test_setup(term_types_are_known, fresh),
        cmocka_unit_test_setup(features_of_terms_exist, fresh),
        cmocka_unit_test_setup(cuts_are_checked, fresh),
        cmocka_unit_test_setup(weights_and_shifts_are_checked, fresh),
        cmocka_unit_test_setup(terms_are_in_order_and_single, fresh),
        cmocka_unit_test_setup(sum_that_may_overflow_is_refused, fresh),
        cmocka_unit_test_setup(golden_pairs_must_come_out, fresh),
        cmocka_unit_test_setup(body_is_refused_at_every_cut, fresh),
        cmocka_unit_test_setup(cut_body_names_the_part, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
