/* The verdict room between a core of its own, a scanner played by the test, and a spool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "agent/verdicts/verdicts.h"
#include "platform/clock.h"
#include "tests/core_fixture.h"
#include "tests/temp_dir.h"

#define UPDATER "/usr/bin/updater"

static struct cf cf;
static struct temp_dir dir;
static struct nrs_spool spool;
static struct nrs_programs programs;
static struct nrs_verdicts verdicts;
static struct nrs_allow_rule rule;
static int scanner; /* the scanner's end of the pair */
static char sent[65536];

static void start(void)
{
    const struct nrs_verdicts_conf conf = {
        .host = "h", .boot = "b", .spool = &spool, .programs = &programs, .core = cf.core, .evidence = true};
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
    programs = (struct nrs_programs){.fd = pair[0], .state = "on"};
    scanner = pair[1];
    nrs_verdicts_init(&verdicts, &conf);
}

static int ready(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8};

    (void)state;
    if (cf_open(&cf, &conf) != 0 || temp_dir_make(&dir) != 0 || nrs_spool_open(&spool, dir.fd, 65536) != 0)
        return -1;
    memset(&rule, 0, sizeof rule);
    strcpy(rule.process, UPDATER);
    nrs_core_set_allow(cf.core, &rule, 1);
    start();
    return 0;
}

static int done(void **state)
{
    (void)state;
    nrs_programs_close(&programs);
    if (scanner >= 0)
        close(scanner);
    nrs_spool_close(&spool);
    temp_dir_remove(&dir);
    cf_close(&cf);
    return 0;
}

static void judge_at(unsigned s)
{
    nrs_verdicts_read(&verdicts);
    nrs_core_tick(cf.core, CF_START + s * CF_SECOND, nrs_verdicts_judged, &verdicts);
    nrs_verdicts_settle(&verdicts, nrs_clock_boot_ns());
}

/* Destinations 1..n are flagged, the verdicts open. */
static void beacons(unsigned n)
{
    for (unsigned i = 0; i < 7; i++) {
        for (unsigned d = 1; d <= n; d++)
            cf_send_alone(&cf, d, CF_START + i * CF_MINUTE - CF_MINUTE + d * 1000000);
        if (i >= 5)
            judge_at((i - 1) * 60 + 1);
    }
}

static void found(uint32_t d, const char *path, uint8_t marks)
{
    struct nrs_found f = {.d = d, .pid = 7, .marks = marks, .named = true, .hashed = true, .class = "upx", .sha256 = {9}};
    uint8_t bytes[NRS_FOUND_BYTES];

    strcpy(f.path, path);
    nrs_found_write(bytes, &f);
    assert_int_equal(send(scanner, bytes, sizeof bytes, 0), sizeof bytes);
}

static bool keep(void *arg, const uint8_t *payload, size_t len)
{
    (void)arg;
    strncat(sent, (const char *)payload, len);
    return true;
}

/* What the uplink would send. */
static const char *out(void)
{
    sent[0] = '\0';
    while (nrs_spool_batch(&spool, 256, keep, NULL) > 0)
        nrs_spool_ack(&spool);
    return sent;
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;

    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

static void a_verdict_that_waits_is_not_sent(void **state)
{
    (void)state;
    beacons(1);
    assert_int_equal(verdicts.n_pending, 1);
    assert_string_equal(out(), "");
}

static void an_allowed_program_is_never_reported(void **state)
{
    (void)state;
    beacons(1);
    found(1, UPDATER, NRS_MARK_NEW);
    judge_at(302);
    assert_int_equal(verdicts.n_pending, 0);
    assert_string_equal(out(), "");
}

static void another_program_is_reported_and_joined_in_this_order(void **state)
{
    const char *lines;

    (void)state;
    beacons(1);
    found(1, "/tmp/implant", NRS_MARK_NEW);
    judge_at(302);
    assert_int_equal(verdicts.n_pending, 0);
    lines = out();
    assert_int_equal(count(lines, "\"st\":\"open\""), 1);
    assert_int_equal(count(lines, "noroshi.evidence"), 1);
    assert_int_equal(count(lines, "noroshi.combo"), 1);
    assert_true(strstr(lines, "\"st\":\"open\"") < strstr(lines, "noroshi.combo"));
    assert_non_null(strstr(lines, "\"of\":\"1\""));
}

static void a_verdict_waits_no_longer_than_its_time(void **state)
{
    (void)state;
    beacons(1);
    nrs_verdicts_settle(&verdicts, nrs_clock_boot_ns() + UINT64_C(119000000000));
    assert_int_equal(verdicts.n_pending, 1);
    nrs_verdicts_settle(&verdicts, nrs_clock_boot_ns() + UINT64_C(120000000000));
    assert_int_equal(verdicts.n_pending, 0);
    assert_int_equal(count(out(), "\"st\":\"open\""), 1);
}

static void a_rule_ends_a_reported_verdict(void **state)
{
    (void)state;
    beacons(1);
    verdicts.waits = false;
    judge_at(302);
    found(1, UPDATER, 0);
    judge_at(303);
    assert_int_equal(count(out(), "\"st\":\"open\""), 1);
    assert_int_equal(count(sent, "\"st\":\"end\""), 1);
}

static void when_the_scanner_ends_all_are_reported(void **state)
{
    (void)state;
    beacons(3);
    assert_int_equal(verdicts.n_pending, 3);
    close(scanner);
    scanner = -1;
    assert_true(nrs_verdicts_read(&verdicts));
    judge_at(302);
    assert_int_equal(count(out(), "\"st\":\"open\""), 3);
    assert_int_equal(programs.fd, -1);
}

static void one_more_than_may_wait_is_reported(void **state)
{
    (void)state;
    beacons(NRS_VERDICTS_PENDING + 1);
    assert_int_equal(verdicts.n_pending, NRS_VERDICTS_PENDING);
    assert_int_equal(count(out(), "\"st\":\"open\""), 1);
}

/* The agent is killed; what it had not decided is sent by the next one. */
static void a_killed_agent_reports_at_its_next_start(void **state)
{
    (void)state;
    beacons(2);
    found(1, UPDATER, 0);
    judge_at(302);
    assert_int_equal(nrs_spool_open(&spool, dir.fd, 65536), 0);
    assert_int_equal(count(out(), "\"st\":\"open\""), 1);
    assert_int_equal(count(sent, "198.18.0.2"), 1);
}

static void files_of_an_earlier_version_are_sent(void **state)
{
    static const char line[] = "{\"held\":1}\n";

    (void)state;
    assert_int_equal(nrs_file_replace(dir.fd, "held-3", line, sizeof line - 1, 0), 0);
    nrs_verdicts_adopt_held(&verdicts, dir.fd);
    assert_string_equal(out(), line);
    nrs_verdicts_adopt_held(&verdicts, dir.fd);
    assert_string_equal(out(), "");
}

static void a_packed_file_is_reported_once(void **state)
{
    (void)state;
    found(0, "/tmp/a", NRS_MARK_PACKED);
    found(0, "/tmp/b", NRS_MARK_PACKED);
    judge_at(1);
    assert_int_equal(count(out(), "noroshi.packer"), 1);
}

static void more_findings_than_fit_wait_in_the_pipe(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NRS_VERDICTS_FINDINGS + 3; i++)
        found(0, "/usr/bin/x", 0);
    assert_true(nrs_verdicts_read(&verdicts));
    assert_int_equal(verdicts.n_findings, NRS_VERDICTS_FINDINGS);
    judge_at(1);
    assert_true(nrs_verdicts_read(&verdicts));
    assert_int_equal(verdicts.n_findings, 3);
}

/* 16 verdicts wait while 40 others are open: the pending ones keep their places. */
static void pending_verdicts_keep_their_queries(void **state)
{
    unsigned n = 0;

    (void)state;
    beacons(NRS_VERDICTS_PENDING);
    for (uint32_t d = 100; d < 140; d++) {
        const struct nrs_judgement j = {.state = NRS_STATE_OPEN, .dest_id = d, .model = &cf.model, .x = cf.x, .n = 7};

        nrs_verdicts_judged(&verdicts, &j);
    }
    for (unsigned i = 0; i < NRS_QUERIES; i++)
        n += programs.queries[i].d >= 1 && programs.queries[i].d <= NRS_VERDICTS_PENDING;
    assert_int_equal(n, NRS_VERDICTS_PENDING);
    found(3, UPDATER, 0);
    judge_at(302);
    assert_int_equal(verdicts.n_pending, NRS_VERDICTS_PENDING - 1);
}

#define VERDICTS_TEST(name) cmocka_unit_test_setup_teardown(name, ready, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VERDICTS_TEST(a_verdict_that_waits_is_not_sent),
        VERDICTS_TEST(an_allowed_program_is_never_reported),
        VERDICTS_TEST(another_program_is_reported_and_joined_in_this_order),
        VERDICTS_TEST(a_verdict_waits_no_longer_than_its_time),
        VERDICTS_TEST(a_rule_ends_a_reported_verdict),
        VERDICTS_TEST(when_the_scanner_ends_all_are_reported),
        VERDICTS_TEST(one_more_than_may_wait_is_reported),
        VERDICTS_TEST(a_killed_agent_reports_at_its_next_start),
        VERDICTS_TEST(files_of_an_earlier_version_are_sent),
        VERDICTS_TEST(a_packed_file_is_reported_once),
        VERDICTS_TEST(more_findings_than_fit_wait_in_the_pipe),
        VERDICTS_TEST(pending_verdicts_keep_their_queries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
