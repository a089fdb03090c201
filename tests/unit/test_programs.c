/* What the agent and its scanner say to each other, what is passed over, and the joined verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "agent/programs/file_cache.h"
#include "agent/programs/rate.h"
#include "agent/programs/programs.h"
#include "models/base/error.h"

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
                                        .path = "/tmp/.x/kworkerd",
                                        .untold = 1,
                                        .counts = {6, 5, 4, 3, 2, 1}};
static const struct nrs_query asked = {.d = 7,
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

static void a_question_comes_back_as_it_was(void **state)
{
    struct nrs_ask a = {9, asked.connection, 300000, 5000}, b;
    uint8_t bytes[NRS_ASK_BYTES];

    (void)state;
    nrs_ask_write(bytes, &a);
    assert_int_equal(nrs_ask_read(&b, bytes, sizeof bytes), 0);
    assert_int_equal(b.d, 9);
    assert_memory_equal(&b.connection.remote, &a.connection.remote, 16);
    assert_memory_equal(&b.connection.local, &a.connection.local, 16);
    assert_int_equal(b.connection.rport, 443);
    assert_int_equal(b.due_ms, 300000);
    assert_int_equal(b.spread_ms, 5000);
    assert_int_equal(b.connection.proto, NRS_PROTO_TCP);
    assert_int_equal(nrs_ask_read(&b, bytes, sizeof bytes - 1), NRS_ERR_FORMAT);
    memset(bytes, 0, 4);
    assert_int_equal(nrs_ask_read(&b, bytes, sizeof bytes), NRS_ERR_FORMAT);
}

static void a_finding_comes_back_as_it_was(void **state)
{
    uint8_t bytes[NRS_FOUND_BYTES];
    struct nrs_found f;

    (void)state;
    nrs_found_write(bytes, &packed);
    assert_int_equal(nrs_found_read(&f, bytes, sizeof bytes), 0);
    assert_int_equal(f.d, 7);
    assert_int_equal(f.pid, 4211);
    assert_int_equal(f.marks, packed.marks);
    assert_int_equal(f.score_mlogit, -1234);
    assert_true(f.hashed && f.named);
    assert_memory_equal(f.sha256, packed.sha256, 32);
    assert_string_equal(f.class, "upx");
    assert_string_equal(f.path, "/tmp/.x/kworkerd");
    assert_int_equal(f.untold, 1);
    assert_memory_equal(&f.counts, &packed.counts, sizeof f.counts);
}

static void findings_out_of_range_are_refused(void **state)
{
    static const struct {
        size_t at, n;
        uint8_t value;
    } wrong[] = {{8, 1, NRS_MARKS + 1}, {9, 1, 100}, {10, 1, 2}, {11, 1, 2}, {76, 24, 'x'}, {100, 200, 'x'}};
    uint8_t bytes[NRS_FOUND_BYTES];
    struct nrs_found f;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        nrs_found_write(bytes, &packed);
        memset(bytes + wrong[i].at, wrong[i].value, wrong[i].n);
        assert_int_equal(nrs_found_read(&f, bytes, sizeof bytes), NRS_ERR_FORMAT);
    }
    nrs_found_write(bytes, &packed);
    assert_int_equal(nrs_found_read(&f, bytes, sizeof bytes - 1), NRS_ERR_FORMAT);
}

static void a_file_is_known_until_it_changes(void **state)
{
    static struct nrs_file_cache c;
    struct nrs_file_id file = {1, 2, 3, 4}, changed = {1, 2, 3, 5};

    (void)state;
    assert_false(nrs_file_cache_has(&c, &file));
    nrs_file_cache_put(&c, &file);
    assert_true(nrs_file_cache_has(&c, &file));
    assert_false(nrs_file_cache_has(&c, &changed));
}

/* 10,000 files: whatever is forgotten, the newest are known, and most places are in use. */
static void a_burst_of_files_leaves_the_newest(void **state)
{
    static struct nrs_file_cache c;
    unsigned known = 0;

    (void)state;
    for (uint64_t i = 1; i <= 10000; i++) {
        struct nrs_file_id file = {8, i, 4096, i};

        nrs_file_cache_put(&c, &file);
        assert_true(nrs_file_cache_has(&c, &file));
    }
    for (uint64_t i = 1; i <= 10000; i++) {
        struct nrs_file_id file = {8, i, 4096, i};

        known += nrs_file_cache_has(&c, &file);
    }
    assert_in_range(known, 500, NRS_FILE_CACHE_SETS * NRS_FILE_CACHE_WAYS);
}

static void a_rate_holds_over_an_hour_and_bursts_once(void **state)
{
    struct nrs_rate r;
    unsigned passed = 0;

    (void)state;
    nrs_rate_init(&r, 10, 100, 0);
    for (unsigned i = 0; i < 1000; i++)
        passed += nrs_rate_take(&r, 1, 0);
    assert_int_equal(passed, 100);
    for (uint64_t ms = 1; ms <= 3600000; ms += 7)
        passed += nrs_rate_take(&r, 1, ms);
    assert_in_range(passed, 100 + 35990, 100 + 36001);
    assert_true(nrs_rate_take(&r, UINT32_MAX, 3700000));
    assert_false(nrs_rate_take(&r, 1, 3700050));
}

/* 16 verdicts wait while 100 others are asked about: those are not forgotten, the oldest of the others are. */
static void held_verdicts_keep_their_places(void **state)
{
    static struct nrs_programs w = {.fd = -1};
    static const struct nrs_model model = {.serial = 7};
    struct nrs_judgement j = {.model = &model};

    (void)state;
    for (j.dest_id = 1; j.dest_id <= 116; j.dest_id++)
        nrs_programs_query(&w, &j, 1000 + j.dest_id)->held = j.dest_id <= 16;
    for (uint32_t d = 1; d <= 16; d++)
        assert_int_equal(nrs_programs_query_of(&w, d)->seq, 1000 + d);
    assert_null(nrs_programs_query_of(&w, 100));
    for (uint32_t d = 101; d <= 116; d++)
        assert_int_equal(nrs_programs_query_of(&w, d)->seq, 1000 + d);
    assert_null(nrs_programs_query_of(&w, 0));
}

/* (100 - 93) = 7 -> packed 4 -> tampered 2 (8 / 4 rounded) -> temporary 1. */
static void marks_raise_the_risk_by_the_rule(void **state)
{
    (void)state;
    assert_int_equal(nrs_programs_risk(93, 0), 93);
    assert_int_equal(nrs_programs_risk(60, NRS_MARK_PACKED), 80);
    assert_int_equal(nrs_programs_risk(60, NRS_MARK_DELETED), 90);
    assert_int_equal(nrs_programs_risk(93, packed.marks), 99);
    assert_int_equal(nrs_programs_risk(99, NRS_MARKS), 99);
}

static void the_joined_verdict_names_both_parents(void **state)
{
    char line[NRS_VERDICT_MAX + 1];
    int len = nrs_programs_write_combo(line, sizeof line, &packed, &asked, 0x18f3, &id);

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
    assert_in_range(nrs_programs_write_combo(line, sizeof line, &f, &asked, 0, &id), 100, NRS_VERDICT_MAX);
    assert_non_null(strstr(line, "\\u0001"));
    assert_in_range(nrs_programs_write_packer(line, sizeof line, &f, &id), 100, NRS_VERDICT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_comes_back_as_it_was),
        cmocka_unit_test(a_finding_comes_back_as_it_was),
        cmocka_unit_test(findings_out_of_range_are_refused),
        cmocka_unit_test(a_file_is_known_until_it_changes),
        cmocka_unit_test(a_burst_of_files_leaves_the_newest),
        cmocka_unit_test(a_rate_holds_over_an_hour_and_bursts_once),
        cmocka_unit_test(held_verdicts_keep_their_places),
        cmocka_unit_test(marks_raise_the_risk_by_the_rule),
        cmocka_unit_test(the_joined_verdict_names_both_parents),
        cmocka_unit_test(a_path_full_of_escapes_does_not_cost_the_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
