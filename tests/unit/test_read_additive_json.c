/* The trainer's JSON: what is read, and every refusal with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdio.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/readers.h"

#define BINS  "{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[1,128],\"weights\":[[-1.5,0,2]]}"
#define CROSS "{\"type\":\"cross\",\"a\":\"hours\",\"a_cuts\":[3],\"b\":\"flag\",\"b_cuts\":[1],\"weights\":[[1,2,3,4]]}"
#define TIMES "\"thresholds\":{\"1h\":3,\"6h\":2.5,\"24h\":-2}"
#define HEAD  "\"outputs\":[\"beacon\"],\"bias\":[-1.25]"

static struct nrs_trained trained;
static struct nrs_why why;

static int read_text(const char *text)
{
    int rc;

    nrs_trained_init(&trained, &fx_beacon);
    rc = nrs_read_additive_json(&trained, text, strlen(text), &why);
    if (rc == 0)
        rc = nrs_trained_check(&trained, &why);
    return rc;
}

/* With kind and hash right. */
static int read_rest(const char *rest)
{
    char text[2000];

    snprintf(text, sizeof text, "{\"kind\":\"fixture\",\"schema_hash\":\"%016" PRIx64 "\",%s}",
             nrs_schema_hash(&fx_beacon), rest);
    return read_text(text);
}

static void whole_model_is_read(void **state)
{
    const uint16_t x[FX_FEATURES] = {100, 128, 5, 1};

    (void)state;
    assert_int_equal(read_rest(HEAD ",\"terms\":[" CROSS "," BINS
                                    ",{\"type\":\"linear\",\"feature\":\"gap\",\"weights\":[0.5]}]," TIMES
                                    ",\"calibration\":[[-1,2.5],[4,100]],\"name\":\"any\""), 0);
    assert_int_equal(trained.n_terms, 3);
    assert_string_equal(trained.output_name[0], "beacon");
    assert_true(trained.threshold[1] == 2.5 && trained.threshold[2] == -2);
    assert_int_equal(trained.n_points, 2);
    assert_true(trained.point[0].percent == 2.5);
    assert_int_equal(trained.term[0].type, NRS_TERM_LINEAR); /* sorted */
    assert_true(nrs_trained_score(&trained, 0, x) == -1.25 + 50 + 2 + 4);
    nrs_trained_done(&trained);
}

static void every_refusal_names_its_place(void **state)
{
    static const struct { const char *rest, *why; } rows[] = {
        {HEAD ",\"terms\":[" BINS "]," TIMES ",\"extra\":1", "extra: unknown key"},
        {"\"bias\":[1],\"terms\":[" BINS "]," TIMES, "outputs: not a list of 1 to 32 names"},
        {"\"outputs\":[\"\"],\"bias\":[1],\"terms\":[" BINS "]," TIMES, "outputs: a name is not 1 to 31 characters"},
        {"\"outputs\":[\"a\"],\"bias\":[1,2],\"terms\":[" BINS "]," TIMES, "bias: not 1 numbers"},
        {"\"outputs\":[\"a\"],\"bias\":[\"x\"],\"terms\":[" BINS "]," TIMES, "bias[0]: not a number"},
        {"\"outputs\":[\"a\"],\"bias\":[1e999],\"terms\":[" BINS "]," TIMES, "bias[0]: not a number"},
        {HEAD ",\"terms\":[]," TIMES, "terms: not a list with at least one term"},
        {HEAD ",\"terms\":[" BINS ",7]," TIMES, "terms[1]: type: not linear, bins, cross or grams"},
        {HEAD ",\"terms\":[{\"type\":\"ngrams\"}]," TIMES, "terms[0]: type: not linear, bins, cross or grams"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"cuts\":[1],\"weights\":[[1,2]]}]," TIMES,
         "terms[0]: feature: missing"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fil\",\"cuts\":[1],\"weights\":[[1,2]]}]," TIMES,
         "terms[0]: feature: no such feature in the schema"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[],\"weights\":[[1]]}]," TIMES,
         "terms[0]: cuts: not a list of 1 to 15 cuts"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[1.5],\"weights\":[[1,2]]}]," TIMES,
         "terms[0]: cuts: a cut is not an integer in 0..65535"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[-1],\"weights\":[[1,2]]}]," TIMES,
         "terms[0]: cuts: a cut is not an integer in 0..65535"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[0],\"weights\":[[1,2]]}]," TIMES,
         "fill: cut 0 leaves the first bin empty"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[300],\"weights\":[[1,2]]}]," TIMES,
         "fill: cut 300 above the maximum 255"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[1],\"weights\":[1,2]}]," TIMES,
         "terms[0]: weights: not one list an output"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[1],\"weights\":[[1,2,3]]}]," TIMES,
         "terms[0]: weights: not 2 numbers"},
        {HEAD ",\"terms\":[{\"type\":\"bins\",\"feature\":\"fill\",\"cuts\":[1],\"weights\":[[1,1e999]]}]," TIMES,
         "fill: weight 1 is not a number"},
        {HEAD ",\"terms\":[" BINS "," BINS "]," TIMES, "fill: the same term twice"},
        {HEAD ",\"terms\":[{\"type\":\"cross\",\"a\":\"fill\",\"a_cuts\":[3],\"b\":\"fill\",\"b_cuts\":[1],"
              "\"weights\":[[1,2,3,4]]}]," TIMES, "fill: crossed with itself"},
        {HEAD ",\"terms\":[" BINS "]", "thresholds: missing"},
        {HEAD ",\"terms\":[" BINS "],\"thresholds\":{\"1h\":1,\"6h\":2}", "thresholds: 24h is not a logit"},
        {HEAD ",\"terms\":[" BINS "],\"thresholds\":{\"2h\":1}", "2h: unknown key"},
        {HEAD ",\"terms\":[" BINS "]," TIMES ",\"calibration\":[[0,50],[0,60]]", "calibration[1]: does not ascend"},
        {HEAD ",\"terms\":[" BINS "]," TIMES ",\"calibration\":[[0,50],[1,40]]", "calibration[1]: does not ascend"},
        {HEAD ",\"terms\":[" BINS "]," TIMES ",\"calibration\":[[0,101]]",
         "calibration[0]: not a score and a percent"},
        {HEAD ",\"terms\":[" BINS "]," TIMES ",\"calibration\":[[0]]", "calibration: not 2 numbers"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        why.text[0] = '\0';
        assert_true(read_rest(rows[i].rest) < 0);
        assert_string_equal(why.text, rows[i].why);
        nrs_trained_done(&trained);
    }
}

static void other_schemas_are_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"kind\":\"beacon\",\"schema_hash\":\"0\"}"), NRS_ERR_SCHEMA);
    assert_string_equal(why.text, "kind: not \"fixture\"");
    assert_int_equal(read_text("{\"kind\":\"fixture\",\"schema_hash\":\"0\"}"), NRS_ERR_SCHEMA);
    assert_string_equal(why.text, "schema_hash: not d25de6d4ba64752e, the schema of this program");
    assert_int_equal(read_text("[]"), NRS_ERR_FORMAT);
    assert_int_equal(read_text("{\"kind\""), NRS_ERR_FORMAT);
}

static void readers_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(nrs_trained_reader_of_name("additive-json"), &nrs_trained_readers[0]);
    assert_null(nrs_trained_reader_of_name("pickle"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_model_is_read),
        cmocka_unit_test(every_refusal_names_its_place),
        cmocka_unit_test(other_schemas_are_refused),
        cmocka_unit_test(readers_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
