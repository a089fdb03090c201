/* The verdict on a file, and the joined one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "agent/verdicts/program_lines.h"

static const struct nrs_found packed = {.d = 7,
                                        .pid = 4211,
                                        .marks = NRS_MARK_PACKED | NRS_MARK_TAMPERED | NRS_MARK_TEMPORARY,
                                        .risk = 98,
                                        .hashed = true,
                                        .named = true,
                                        .sha256 = {0xab, 1, 2},
                                        .serial = 3,
                                        .score_mlogit = -1234,
                                        .class = "upx",
                                        .path = "/tmp/.x/kworkerd"};
static const struct nrs_beacon beacon = {.d = 7,
                                         .seq = 0x18f2,
                                         .serial = 7,
                                         .connection = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1}},
                                                        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 203, 0, 113, 7}},
                                                        443,
                                                        NRS_PROTO_TCP},
                                         .n = 320,
                                         .period_ms = 60000,
                                         .jitter_pct = 12,
                                         .risk = 93};
static const struct nrs_verdict_id id = {"k3f9", "17", 0x18f4, UINT64_C(1795291500000000000)};

/* (100 - 93) = 7 -> packed 4 -> tampered 2 (8 / 4 rounded) -> temporary 1. */
static void marks_raise_the_risk_by_the_rule(void **state)
{
    (void)state;
    assert_int_equal(nrs_combo_risk(93, 0), 93);
    assert_int_equal(nrs_combo_risk(60, NRS_MARK_PACKED), 80);
    assert_int_equal(nrs_combo_risk(60, NRS_MARK_DELETED), 90);
    assert_int_equal(nrs_combo_risk(93, packed.marks), 99);
    assert_int_equal(nrs_combo_risk(99, NRS_MARKS), 99);
}

static void the_joined_verdict_names_both_parents(void **state)
{
    char line[NRS_VERDICT_MAX + 1];
    int len = nrs_combo_line(line, sizeof line, &packed, &beacon, 0x18f3, &id);

    (void)state;
    assert_in_range(len, 100, NRS_VERDICT_MAX);
    assert_int_equal(line[len - 1], '\n');
    assert_non_null(strstr(line, "\"event.dataset\":\"noroshi.combo\""));
    assert_non_null(strstr(line, "\"event.id\":\"k3f9-17-18f4\""));
    assert_non_null(strstr(line, "\"destination.ip\":\"203.0.113.7\",\"destination.port\":443,\"network.transport\":\"tcp\""));
    assert_non_null(strstr(line, "\"process.executable\":\"/tmp/.x/kworkerd\",\"process.hash.sha256\":\"ab0102"));
    assert_non_null(strstr(line, "\"rule.id\":\"beacon-7+packer-3\""));
    assert_non_null(strstr(line, "\"d\":7,\"n\":320,\"p\":60000,\"j\":12,\"file\":\"packed,tampered,temporary\",\"class\":\"upx\",\"of\":\"18f2,18f3\"}}"));
}

static void a_path_full_of_escapes_does_not_cost_the_verdict(void **state)
{
    char line[NRS_VERDICT_MAX + 1];
    struct nrs_found f = packed;

    (void)state;
    memset(f.path, 1, NRS_FOUND_PATH_MAX);
    assert_in_range(nrs_combo_line(line, sizeof line, &f, &beacon, 0, &id), 100, NRS_VERDICT_MAX);
    assert_non_null(strstr(line, "\\u0001"));
    assert_in_range(nrs_packer_line(line, sizeof line, &f, &id), 100, NRS_VERDICT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_raise_the_risk_by_the_rule),
        cmocka_unit_test(the_joined_verdict_names_both_parents),
        cmocka_unit_test(a_path_full_of_escapes_does_not_cost_the_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
