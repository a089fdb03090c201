/* Fault table F5, F7 and F16: days of a router through core, verdict room and spool, with both clocks and
 * the collector played by the test. The model is the fixture's: what is checked is what becomes of
 * verdicts, not the quality of detection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "tests/disk_log.h"
#include "tests/temp_dir.h"

#include "agent/verdicts/verdicts.h"
#include "platform/clock.h"
#include "tests/core_fixture.h"

#define DAY_MIN 1440u
#define NOISE 1000u /* destinations from here on */
#define SPOOL_BYTES 65536 /* of the router profile */
#define SEQ_MAX 65536
#define TRACE_MAX 4096
#define FLASH_PAGE 4096 /* what a sync costs at least */

static struct cf cf;
static struct temp_dir dir;
static struct nrs_spool spool;
static struct nrs_programs programs;
static struct nrs_verdicts verdicts;
static uint64_t boot_ns;
static int64_t wall_ahead_ns;
static uint32_t seed;

/* The clocks of the device. */
uint64_t nrs_clock_boot_ns(void)
{
    return boot_ns;
}

uint64_t nrs_clock_wall_ns(void)
{
    return boot_ns + (uint64_t)wall_ahead_ns;
}

struct life {
    unsigned n_beacons, noise_per_min;
};

/* What the core said, and what the collector got. */
struct said {
    uint64_t t_ns;
    uint32_t d, n;
    int32_t score;
    uint8_t state;
};
static struct said trace[2][TRACE_MAX];
static unsigned n_trace;
static struct said *now_traced;
static struct {
    unsigned n_verdicts, n_opened, n_evidence, last_evidence;
    uint64_t bytes;
    bool seen[SEQ_MAX]; /* by the number in event.id */
} got;

static void judged(void *arg, const struct nrs_judgement *j)
{
    assert_true(n_trace < TRACE_MAX);
    now_traced[n_trace++] = (struct said){j->t_ns, j->dest_id, j->n, j->score_mlogit, j->state};
    nrs_verdicts_judged(arg, j);
}

static bool receive(void *arg, const uint8_t *payload, size_t len)
{
    static const char id[] = "\"event.id\":\"h-b-";
    char line[NRS_EVIDENCE_MAX + 1];
    const char *at;
    unsigned long seq;

    (void)arg;
    assert_true(len < sizeof line);
    memcpy(line, payload, len);
    line[len] = '\0';
    at = strstr(line, id);
    assert_non_null(at);
    seq = strtoul(at + sizeof id - 1, NULL, 16);
    assert_true(seq < SEQ_MAX && !got.seen[seq]);
    got.seen[seq] = true;
    got.bytes += len;
    if (strstr(line, "noroshi.evidence") != NULL) {
        assert_true(seq > got.last_evidence); /* what is never written again keeps its order */
        got.last_evidence = (unsigned)seq;
        got.n_evidence++;
    } else {
        got.n_verdicts++;
        got.n_opened += strstr(line, "\"st\":\"open\"") != NULL;
    }
    return true;
}

static void drain(void)
{
    while (nrs_spool_batch(&spool, 256, receive, NULL) > 0)
        nrs_spool_ack(&spool);
}

static int begin(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 1024, .watched_cap = 128, .name_cap = 128};
    const struct nrs_verdicts_conf room = {
        .host = "h", .boot = "b", .spool = &spool, .programs = &programs, .evidence = true};

    (void)state;
    disk_log_clear();
    disk_log.count_only = true;
    memset(&got, 0, sizeof got);
    seed = 20231115;
    n_trace = 0;
    now_traced = trace[0];
    wall_ahead_ns = 0;
    programs = (struct nrs_programs){.fd = -1};
    if (cf_open(&cf, &conf) != 0 || temp_dir_make(&dir) != 0)
        return -1;
    if (nrs_spool_open(&spool, dir.fd, SPOOL_BYTES) != 0)
        return -1;
    nrs_verdicts_init(&verdicts, &room);
    verdicts.conf.core = cf.core;
    return 0;
}

static int end(void **state)
{
    (void)state;
    nrs_spool_close(&spool);
    temp_dir_remove(&dir);
    cf_close(&cf);
    return 0;
}

/* One minute: beacon b calls every 5 + b minutes; then judging, and what the agent's loop does after it. */
static void live_minute(const struct life *l, unsigned m)
{
    const uint64_t minute = CF_START + m * CF_MINUTE;

    for (unsigned i = 0; i < l->noise_per_min; i++)
        cf_send_alone(&cf, NOISE + cf_random(&seed) % (1 + cf_random(&seed) % 300),
                      minute + cf_random(&seed) % 60000 * UINT64_C(1000000));
    for (unsigned b = 0; b < l->n_beacons; b++)
        if (m % (5 + b) == 0)
            cf_send_alone(&cf, 1 + b, minute + b * CF_SECOND);
    boot_ns = minute + CF_MINUTE;
    (void)nrs_verdicts_read(&verdicts);
    nrs_core_set_wall(cf.core, wall_ahead_ns);
    nrs_core_tick(cf.core, boot_ns, judged, &verdicts);
    nrs_verdicts_settle(&verdicts, boot_ns);
    assert_int_equal(nrs_spool_sync(&spool), 0);
}

static void live(const struct life *l, unsigned from_min, unsigned to_min, bool collector)
{
    for (unsigned m = from_min; m < to_min; m++) {
        live_minute(l, m);
        if (collector)
            drain();
    }
}

/* The most memory that this program had so far. */
static long most_kib(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static unsigned n_descriptors(void)
{
    unsigned n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* Flash is written in pages: every sync counts as one more. */
static uint64_t flash_bytes(void)
{
    return disk_log.n_bytes + disk_log.n_syncs * FLASH_PAGE;
}

/* Nobody is at home; two devices call their servers. */
static void an_idle_router_writes_little_to_flash(void **state)
{
    const struct life idle = {.n_beacons = 2};
    uint64_t before = 0;

    (void)state;
    for (unsigned day = 0; day < 3; day++) {
        live(&idle, day * DAY_MIN, (day + 1) * DAY_MIN, true);
        assert_true(flash_bytes() > before);
        assert_true(flash_bytes() - before <= 200000);
        before = flash_bytes();
    }
    assert_int_equal(got.n_verdicts, n_trace);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
}

static void a_busy_router_needs_no_more_memory_after_its_first_day(void **state)
{
    const struct life busy = {.n_beacons = 20, .noise_per_min = 40};
    unsigned descriptors;
    long first_day;

    (void)state;
    live(&busy, 0, DAY_MIN, true);
    first_day = most_kib();
    descriptors = n_descriptors();
    live(&busy, DAY_MIN, 2 * DAY_MIN, false);
    live(&busy, 2 * DAY_MIN, 3 * DAY_MIN, true);
    assert_true(most_kib() <= first_day + first_day / 20);
    assert_int_equal(n_descriptors(), descriptors);
    assert_in_range(got.n_opened, 20, SEQ_MAX);
    assert_int_equal(got.n_verdicts + got.n_evidence + spool.dropped, verdicts.seq);
    assert_int_equal(spool.errors, 0);
    assert_true(disk_log.n_bytes <= 2 * got.bytes + spool.dropped * NRS_EVIDENCE_MAX);
}

/* Seven days without a collector, in a spool of 64 KiB: 60 verdicts, and as much evidence as still fits. */
static void an_outage_of_a_week_costs_evidence_and_no_verdict(void **state)
{
    const struct life life = {.n_beacons = 2};

    (void)state;
    live(&life, 0, 7 * DAY_MIN, false);
    assert_true(spool.dropped > 0);
    assert_true(spool.n <= 4);
    assert_int_equal(nrs_spool_waiting(&spool) + spool.dropped, verdicts.seq);
    drain();
    assert_int_equal(got.n_verdicts, n_trace);
    assert_int_equal(got.n_evidence + spool.dropped, verdicts.seq - n_trace);
    assert_true(got.n_evidence > 0);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
}

/* Two days; with `jumps`, the wall clock goes 10 minutes forward and back a hundred times, then an hour back
 * (a wrong time zone, summer time in a clock that is local) and two hours forward. */
static unsigned two_days(struct said *to, bool jumps)
{
    const struct life life = {.n_beacons = 6, .noise_per_min = 10};

    now_traced = to;
    for (unsigned m = 0; m < 2 * DAY_MIN; m++) {
        if (jumps && m % 14 == 0)
            wall_ahead_ns = m / 14 % 2 ? (int64_t)(10 * CF_MINUTE) : 0;
        if (jumps && m > 101 * 14)
            wall_ahead_ns = m < 150 * 14 ? -(int64_t)CF_HOUR : (int64_t)CF_HOUR;
        live_minute(&life, m);
        drain();
    }
    return n_trace;
}

static void a_jumping_wall_clock_changes_no_verdict(void **state)
{
    unsigned steady = two_days(trace[0], false);

    assert_int_equal(end(state), 0);
    assert_int_equal(begin(state), 0);
    assert_int_equal(two_days(trace[1], true), steady);
    assert_in_range(steady, 6 * 2, TRACE_MAX);
    for (unsigned i = 0; i < steady; i++) {
        assert_int_equal(trace[1][i].t_ns, trace[0][i].t_ns);
        assert_int_equal(trace[1][i].d, trace[0][i].d);
        assert_int_equal(trace[1][i].n, trace[0][i].n);
        assert_int_equal(trace[1][i].score, trace[0][i].score);
        assert_int_equal(trace[1][i].state, trace[0][i].state);
    }
    assert_int_equal(got.n_verdicts, steady); /* each with an id of its own: receive() looks */
}

#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(an_idle_router_writes_little_to_flash),
        RUN_TEST(a_busy_router_needs_no_more_memory_after_its_first_day),
        RUN_TEST(an_outage_of_a_week_costs_evidence_and_no_verdict),
        RUN_TEST(a_jumping_wall_clock_changes_no_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
