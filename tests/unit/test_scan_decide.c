/* Rules and model together, and the lines that come of it. The model is made here: the start bytes and one
 * feature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/elf_fixture.h"

static struct nrs_model model;
static uint8_t cuts[2] = {100, 0}, shifts[3] = {0, 1, 2};
static int8_t bins[6], grams[3 * 16];
static struct nrs_scan_facts facts;
static struct nrs_scan_result result;
static char line[NRS_SCAN_LINE_MAX];

/* Classes none, acme (a packer), shc. A unit of a sum is a mlogit. */
static int fresh(void **state)
{
    static const char *const names[3] = {"none", "acme", "shc"};

    (void)state;
    memset(&model, 0, sizeof model);
    memset(bins, 0, sizeof bins);
    memset(grams, 0, sizeof grams);
    model.schema = &nrs_schema_packer;
    model.n_outputs = 3;
    model.n_terms = 2;
    for (unsigned o = 0; o < 3; o++) {
        model.scale_q31[o] = 0x80000000u;
        strcpy(model.output_name[o], names[o]);
    }
    model.calibration = (const uint8_t *)"\0\0\0\0\x21";
    model.n_calibration = 1;
    model.threshold_mlogit[0] = 500;
    model.term[0] = (struct nrs_term){.type = NRS_TERM_BINS, .n_a = 2, .n_b = 1, .a = NRS_P_ent_entry, .b = NRS_P_ent_entry,
                                      .cuts_a = cuts, .shifts = shifts, .weights = bins};
    model.term[1] = (struct nrs_term){.type = NRS_TERM_GRAMS, .n_a = 1, .n_b = 1, .grams = 2, .bits = 4, .reach = 4,
                                      .shifts = shifts, .weights = grams};
    memset(&facts, 0, sizeof facts);
    facts.format = NRS_FORMAT_ELF;
    facts.schema = &nrs_schema_packer;
    for (unsigned i = 0; i < NRS_START_BYTES; i++)
        facts.x[NRS_PACKER_N + i] = (uint16_t)(0xe0 + i % 16);
    return 0;
}

static void decide(void)
{
    nrs_scan_decide(&facts, &model, &result);
}

static void expect(bool packed, const char *name)
{
    decide();
    assert_int_equal(result.packed, packed);
    assert_string_equal(result.name, name);
}

static void score_is_packer_less_plain(void **state)
{
    (void)state;
    model.bias[0] = 300;
    model.bias[1] = 799;
    model.bias[2] = 200;
    expect(false, "none");
    assert_int_equal(result.score_mlogit, 499);
    model.bias[1] = 800;
    expect(true, "acme");
    assert_int_equal(result.score_mlogit, 500);
    assert_int_equal(result.risk, 0x21);
}

static void packed_by_what_no_class_fits_is_unknown(void **state)
{
    (void)state;
    model.bias[0] = -2000;
    model.bias[1] = 100;
    model.bias[2] = -2000;
    model.threshold_mlogit[1] = 200;
    expect(true, "unknown");
    model.threshold_mlogit[1] = 100;
    expect(true, "acme");
}

static void rule_that_is_sure_needs_no_model(void **state)
{
    (void)state;
    model.bias[0] = 5000;
    facts.rules = NRS_RULE_DENSE_ENTRY;
    expect(true, "acme"); /* its best packer; the threshold of names is 0 */
    model.threshold_mlogit[1] = 1;
    expect(true, "unknown");
    facts.name = "upx";
    expect(true, "upx");
    assert_int_equal(result.score_mlogit, -5000);
    assert_int_equal(result.risk, NRS_SCAN_RULE_RISK);
    nrs_scan_decide(&facts, NULL, &result);
    assert_string_equal(result.name, "upx");
    assert_int_equal(result.score_mlogit, 0);
    assert_int_equal(result.risk, NRS_SCAN_RULE_RISK);
}

static void start_in_the_last_segment_needs_support(void **state)
{
    (void)state;
    facts.rules = NRS_RULE_ENTRY_LAST;
    model.bias[0] = model.bias[2] = 4999;
    expect(true, "acme"); /* the model is against, not strongly */
    model.bias[0] = 5000;
    expect(false, "none");
    facts.rules = NRS_RULE_ENTRY_LAST | NRS_RULE_DENSE_HINT;
    expect(true, "acme");
    facts.rules = NRS_RULE_ENTRY_LAST | NRS_RULE_NO_SECTIONS;
    expect(true, "acme");
    facts.rules = NRS_RULE_ENTRY_LAST;
    nrs_scan_decide(&facts, NULL, &result);
    assert_false(result.packed); /* nobody supports it */
}

static void incomplete_file_is_judged_by_its_blocks(void **state)
{
    struct nrs_scan_line l = {.path = "x", .facts = &facts, .result = &result};

    (void)state;
    facts.incomplete = true;
    facts.rules = NRS_RULES_STRONG & ~NRS_RULE_UPX;
    model.bias[1] = 9000;
    expect(false, "none");
    assert_true(nrs_scan_write(line, sizeof line, &l) > 0);
    assert_non_null(strstr(line, "\"tampered\":false,\"incomplete\":true,"));
    facts.rules = NRS_RULE_UPX;
    facts.name = "upx";
    facts.upx = NRS_UPX_INTACT;
    expect(true, "upx");
}

static void hints_decide_together_only(void **state)
{
    (void)state;
    facts.rules = NRS_RULE_NO_SECTIONS;
    expect(false, "shc"); /* all equal: the last of them */
    facts.rules = NRS_RULE_RWX;
    expect(false, "shc");
    assert_in_range(result.risk, 0, NRS_SCAN_RULE_RISK - 1);
    facts.rules = NRS_RULES_HINTS;
    expect(true, "acme");
}

static void shc_is_named_but_not_packed(void **state)
{
    (void)state;
    model.bias[2] = 4000;
    expect(false, "shc");
    assert_int_equal(result.score_mlogit, -4000);
}

static void named_upx_without_its_header_is_tampered(void **state)
{
    (void)state;
    strcpy(model.output_name[1], "upx");
    model.bias[1] = 9000;
    expect(true, "upx");
    assert_false(result.tampered); /* the model alone says so */
    facts.rules = NRS_RULE_ENTRY_LAST;
    expect(true, "upx");
    assert_true(result.tampered);
    facts.upx = NRS_UPX_INTACT;
    decide();
    assert_false(result.tampered);
}

static void model_of_another_schema_is_not_asked(void **state)
{
    (void)state;
    model.bias[1] = 9000;
    facts.schema = &nrs_schema_packer_pe;
    expect(false, "none");
    facts.schema = NULL;
    expect(false, "none");
}

static void scores_that_do_not_fit_are_held_at_the_end(void **state)
{
    (void)state;
    model.bias[0] = model.bias[2] = INT32_MIN + 1;
    model.bias[1] = INT32_MAX;
    decide();
    assert_int_equal(result.score_mlogit, INT32_MAX);
}

static void model_needs_none_and_a_packer(void **state)
{
    (void)state;
    assert_int_equal(nrs_scan_model_fits(&model), 0);
    strcpy(model.output_name[1], "none");
    assert_int_equal(nrs_scan_model_fits(&model), NRS_ERR_SCHEMA);
    strcpy(model.output_name[1], "shc");
    assert_int_equal(nrs_scan_model_fits(&model), NRS_ERR_SCHEMA);
    strcpy(model.output_name[1], "acme");
    strcpy(model.output_name[0], "clean");
    assert_int_equal(nrs_scan_model_fits(&model), NRS_ERR_SCHEMA);
}

/* Adds up "name+12,name-3,..." of `why`; facts have no sign. */
static long sum_of_why(const char *text)
{
    const char *why = strstr(text, "\"why\":\"") + 7, *end = strchr(why, '"');
    long sum = 0;

    for (; why < end; why++)
        if (*why == '+' || *why == '-')
            sum += strtol(why, NULL, 10);
    return sum;
}

static void reasons_add_up_to_the_score(void **state)
{
    struct nrs_scan_line l = {.path = "/bin/x", .facts = &facts, .result = &result};
    uint32_t seed = 3;

    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < sizeof bins + sizeof grams; i++) {
            seed = seed * 1103515245u + 12345;
            *(i < sizeof bins ? &bins[i] : &grams[i - sizeof bins]) = (int8_t)((int)(seed >> 16) % 120);
        }
        model.bias[1] = (int32_t)(seed >> 20);
        facts.x[NRS_P_ent_entry] = (uint16_t)(seed >> 24);
        decide();
        assert_true(nrs_scan_write(line, sizeof line, &l) > 0);
        assert_int_equal(sum_of_why(line), result.score_mlogit);
    }
}

/* Bytes e0 e1 e2 e3: three pairs. */
static void strongest_grams_come_first(void **state)
{
    struct nrs_scan_line l = {.path = "x", .facts = &facts, .result = &result};

    (void)state;
    for (int b = 0; b < 16; b++)
        grams[16 + b] = (int8_t)(b + 1);
    decide();
    assert_in_range(result.n_grams, 2, 3);
    for (unsigned i = 1; i < result.n_grams; i++)
        assert_true(result.gram[i - 1].mlogit >= result.gram[i].mlogit);
    assert_true(nrs_scan_write(line, sizeof line, &l) > 0);
    assert_non_null(strstr(line, "\"grams\":\"e"));
}

static void line_is_that_of_the_contract(void **state)
{
    static const uint8_t sha256[32] = {0xab, 1};
    struct nrs_scan_line l = {"/tmp/\"x\n", 42, true, sha256, &facts, &result};

    (void)state;
    facts.rules = NRS_RULE_RWX | NRS_RULE_NO_SECTIONS | NRS_RULE_UPX;
    facts.upx = NRS_UPX_TAMPERED;
    facts.name = "upx";
    facts.dense_kib = 96;
    nrs_scan_decide(&facts, NULL, &result);
    assert_true(nrs_scan_write(line, sizeof line, &l) > 0);
    assert_string_equal(line,
                        "{\"file.path\":\"/tmp/\\\"x\\u000a\",\"file.hash.sha256\":\"ab01"
                        "000000000000000000000000000000000000000000000000000000000000\",\"process.pid\":42,"
                        "\"noroshi\":{\"packed\":true,\"class\":\"upx\",\"score\":0,\"tampered\":true,\"deleted\":true,"
                        "\"why\":\"rwx_segment,no_section_table,upx_header=tampered,dense_kib=96\"}}\n");
    assert_int_equal(nrs_scan_write(line, 40, &l), NRS_ERR_SPACE);
    facts.skipped = "object file";
    assert_true(nrs_scan_write(line, sizeof line, &l) > 0);
    assert_non_null(strstr(line, "\"skipped\":\"object file\"}}\n"));
}

static void longest_path_fits(void **state)
{
    static char path[4096];
    struct nrs_scan_line l = {.path = path, .facts = &facts, .result = &result};

    (void)state;
    memset(path, 1, sizeof path - 1); /* each becomes \u0001 */
    decide();
    assert_true(nrs_scan_write(line, sizeof line, &l) > 0);
    assert_true(nrs_scan_write_features(line, sizeof line, path, &facts) > 0);
}

static void features_are_one_line_in_schema_order(void **state)
{
    (void)state;
    facts.x[0] = 3;
    facts.x[NRS_PACKER_N - 1] = 200;
    facts.x[NRS_PACKER_N + 2] = NRS_BYTE_ABSENT;
    assert_true(nrs_scan_write_features(line, sizeof line, "a", &facts) > 0);
    assert_memory_equal(line, "{\"file.path\":\"a\",\"format\":\"elf\",\"schema\":\"packer\",\"x\":[3,0,", 59);
    assert_non_null(strstr(line, ",200],\"start\":\"e0e1..e3e4"));
    facts.schema = NULL;
    facts.skipped = "core file";
    assert_true(nrs_scan_write_features(line, sizeof line, "a", &facts) > 0);
    assert_string_equal(line, "{\"file.path\":\"a\",\"format\":\"elf\",\"skipped\":\"core file\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(score_is_packer_less_plain, fresh),
        cmocka_unit_test_setup(packed_by_what_no_class_fits_is_unknown, fresh),
        cmocka_unit_test_setup(rule_that_is_sure_needs_no_model, fresh),
        cmocka_unit_test_setup(start_in_the_last_segment_needs_support, fresh),
        cmocka_unit_test_setup(incomplete_file_is_judged_by_its_blocks, fresh),
        cmocka_unit_test_setup(hints_decide_together_only, fresh),
        cmocka_unit_test_setup(shc_is_named_but_not_packed, fresh),
        cmocka_unit_test_setup(named_upx_without_its_header_is_tampered, fresh),
        cmocka_unit_test_setup(model_of_another_schema_is_not_asked, fresh),
        cmocka_unit_test_setup(scores_that_do_not_fit_are_held_at_the_end, fresh),
        cmocka_unit_test_setup(model_needs_none_and_a_packer, fresh),
        cmocka_unit_test_setup(reasons_add_up_to_the_score, fresh),
        cmocka_unit_test_setup(strongest_grams_come_first, fresh),
        cmocka_unit_test_setup(line_is_that_of_the_contract, fresh),
        cmocka_unit_test_setup(longest_path_fits, fresh),
        cmocka_unit_test_setup(features_are_one_line_in_schema_order, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
