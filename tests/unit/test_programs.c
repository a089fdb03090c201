/* What the agent and its scanner process send each other, and which files are passed over. */
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
                                        .notice_error = 1,
                                        .counts = {6, 5, 4, 3, 2, 1}};
static const struct nrs_ask question = {9,
                                        {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1}},
                                         {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 203, 0, 113, 7}},
                                         443,
                                         NRS_PROTO_TCP},
                                        300000,
                                        5000};

static void a_question_comes_back_as_it_was(void **state)
{
    struct nrs_ask a = question, b;
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
    assert_int_equal(f.notice_error, 1);
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

static unsigned n_open(const struct nrs_programs *p)
{
    unsigned n = 0;

    for (unsigned i = 0; i < NRS_QUERIES; i++)
        n += p->queries[i].d != 0;
    return n;
}

static void a_full_table_of_queries_gives_up_the_oldest(void **state)
{
    static struct nrs_programs p = {.fd = -1};

    (void)state;
    for (uint32_t d = 1; d <= NRS_QUERIES + 3; d++)
        nrs_programs_query(&p, d, &question.connection, 60000, 5);
    assert_int_equal(n_open(&p), NRS_QUERIES);
    for (unsigned i = 0; i < NRS_QUERIES; i++)
        assert_true(p.queries[i].d > 3);
    nrs_programs_forget(&p, 20);
    assert_int_equal(n_open(&p), NRS_QUERIES - 1);
    nrs_programs_forget(&p, 0);
    nrs_programs_forget(&p, 20);
    assert_int_equal(n_open(&p), NRS_QUERIES - 1);
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
        cmocka_unit_test(a_full_table_of_queries_gives_up_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
