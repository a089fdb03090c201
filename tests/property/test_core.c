/* The core against slow, obviously correct references, on random streams. A failure prints its seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "agent/core/verdict.h"
#include "tests/core_fixture.h"

#define MINUTES 40000u /* 28 days of the reference */
#define FIRST 11520u

#define check(seed, statement)                                                                                \
    do {                                                                                                      \
        if (!(statement)) {                                                                                   \
            fprintf(stderr, "seed %u: %s\n", (unsigned)(seed), #statement);                                   \
            fail();                                                                                           \
        }                                                                                                     \
    } while (0)

/* ---- a day against one array cell a minute ---- */

static struct { uint32_t exact, count; bool failed, inside; uint32_t n_failed; } minute[MINUTES];

static bool kept(const struct nrs_day *d, uint32_t m)
{
    return m <= d->newest && m + 1440 > d->newest;
}

static void check_span(uint32_t seed, const struct nrs_day *d, uint32_t last, uint32_t span)
{
    uint32_t sum = 0, peak = 0, hourly = 0, hourly_failed = 0;
    bool any_failed = false;
    struct nrs_day_total t;

    for (uint32_t m = last + 1 - span; m <= last; m++) {
        if (!kept(d, m))
            continue;
        sum += minute[m].count;
        peak = minute[m].count > peak ? minute[m].count : peak;
        any_failed |= minute[m].failed;
    }
    for (uint32_t m = (last + 1 - span) / 60 * 60; m <= last / 60 * 60 + 59; m++) {
        if (m / 60 > d->newest / 60 || d->newest / 60 - m / 60 >= 25)
            continue;
        hourly += minute[m].exact;
        hourly_failed += minute[m].n_failed;
    }
    if (peak == 15)
        sum = hourly;
    if (!any_failed)
        hourly_failed = 0;
    nrs_day_add_up(d, last, span, &t);
    check(seed, t.n == sum && t.peak == peak);
    check(seed, t.n_failed == (hourly_failed < sum ? hourly_failed : sum));
}

static void check_views(uint32_t seed, const struct nrs_day *d, uint32_t last, uint32_t shift)
{
    uint64_t bits[NRS_DAY_WORDS];
    uint8_t out[NRS_DAY_MINUTES / 2];

    nrs_day_bitmap(d, last, bits);
    nrs_day_matrix(d, last, shift, out);
    check(seed, bits[22] >> 32 == 0);
    for (uint32_t i = 0; i < 1440; i++) {
        uint32_t m = last - 1439 + i, slot = (m + shift) % 1440;
        bool active = kept(d, m) && (minute[m].count || minute[m].inside);

        check(seed, (bits[i / 64] >> i % 64 & 1) == active);
        check(seed, ((unsigned)out[slot / 2] >> (slot & 1 ? 0 : 4) & 15) == (kept(d, m) ? minute[m].count : 0));
    }
}

static void change_day(uint32_t round, struct nrs_day *d, uint32_t *seed)
{
    uint32_t kind = cf_random(seed) % 16, m = d->newest - 1600 + cf_random(seed) % 1620, n = 1, lost;

    if (kind == 0) {
        nrs_day_advance(d, d->newest + cf_random(seed) % (cf_random(seed) % 8 ? 90 : 3000));
    } else if (kind < 3) {
        nrs_day_mark_active(d, m);
        minute[m].inside |= kept(d, m);
    } else {
        if (kind == 3)
            n = cf_random(seed) % 40;
        if (kind > 12)
            m = d->newest + 1;
        lost = nrs_day_add(d, m, n);
        check(round, lost == (!kept(d, m) ? n : minute[m].count + n > 15 ? minute[m].count + n - 15 : 0));
        minute[m].exact += kept(d, m) ? n : 0;
        minute[m].count = minute[m].exact < 15 ? minute[m].exact : 15;
        if (cf_random(seed) % 8 == 0) {
            nrs_day_mark_failed(d, m);
            minute[m].failed |= kept(d, m);
            minute[m].n_failed += kept(d, m);
        }
    }
}

static void a_day_is_an_array_of_minutes(void **state)
{
    (void)state;
    for (uint32_t round = 1; round <= 40; round++) {
        uint32_t seed = round * 2654435761u;
        struct nrs_day d;

        memset(minute, 0, sizeof minute);
        nrs_day_init(&d, FIRST);
        for (unsigned step = 0; step < 600 && d.newest < MINUTES - 4000; step++) {
            change_day(round, &d, &seed);
            if (step % 20)
                continue;
            for (unsigned i = 0; i < 6; i++)
                check_span(round, &d, d.newest + 30 - cf_random(&seed) % 90, 1 + cf_random(&seed) % 1440);
            check_span(round, &d, d.newest, 1440);
            check_views(round, &d, d.newest + 20 - cf_random(&seed) % 60, cf_random(&seed) % 1440);
        }
    }
}

/* ---- gap statistics against their definitions ---- */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median_of(const int64_t *v, int n)
{
    return n == 0 ? 0 : n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int64_t at_most(int64_t v, int64_t cap)
{
    return v < cap ? v : cap;
}

static void check_gaps(uint32_t seed, int64_t *start, int n_starts)
{
    int64_t gap[NRS_GAPS_MAX], sorted[NRS_GAPS_MAX], off[NRS_GAPS_MAX], med, q1, q3, mad;
    uint32_t t[NRS_GAPS_MAX], rotation = seed % (unsigned)n_starts;
    int n = n_starts - 1, near = 0, shorter = 0, harmonic = 0, run = 1, longest = 1;
    struct nrs_gaps g;

    for (int i = 0; i < n_starts; i++)
        t[i] = (uint32_t)start[((unsigned)i + rotation) % (unsigned)n_starts];
    nrs_gaps_measure(&g, t, (size_t)n_starts);
    if (n < 3) {
        check(seed, g.n == 0 && g.median_ms == 0 && g.near == 0);
        return;
    }
    qsort(start, (size_t)n_starts, sizeof start[0], by_size);
    for (int i = 0; i < n; i++)
        sorted[i] = gap[i] = start[i + 1] - start[i];
    qsort(sorted, (size_t)n, sizeof sorted[0], by_size);
    med = median_of(sorted, n);
    q1 = median_of(sorted, n / 2);
    q3 = median_of(sorted + (n + 1) / 2, n / 2);
    for (int i = 0; i < n; i++) {
        bool hit = false;

        off[i] = llabs(sorted[i] - med);
        near += off[i] * 100 <= med * 35;
        shorter += gap[i] < 1000;
        for (int64_t k = 1; k <= 3; k++)
            hit |= q1 && llabs(gap[i] - k * q1) <= q1 / 10;
        harmonic += hit;
        if (i)
            run = llabs(gap[i] - gap[i - 1]) <= gap[i - 1] / 5 ? run + 1 : 1;
        longest = run > longest ? run : longest;
    }
    qsort(off, (size_t)n, sizeof off[0], by_size);
    mad = median_of(off, n);
    check(seed, g.n == (uint32_t)n && g.median_ms == med && g.q1_ms == q1 && g.q3_ms == q3 && g.mad_ms == mad);
    check(seed, g.max_ms == sorted[n - 1]);
    check(seed, g.mad == (med ? at_most(mad * 1024 / med, 2047) : 2047));
    check(seed, g.iqr == (med ? at_most((q3 - q1) * 256 / med, 1023) : 1023));
    check(seed, g.skew == (q3 > q1 ? (q3 - med) * 256 / (q3 - q1) : 128));
    check(seed, g.near == (med ? near * 255 / n : 0));
    check(seed, g.shorter == shorter * 255 / n);
    check(seed, g.harmonic == harmonic * 255 / n);
    check(seed, g.run == longest * 255 / n);
}

static void gap_statistics_are_their_definitions(void **state)
{
    (void)state;
    for (uint32_t round = 1; round <= 20000; round++) {
        uint32_t seed = round * 2654435761u, period = 1u << cf_random(&seed) % 27;
        int n = 1 + (int)(cf_random(&seed) % NRS_GAPS_MAX);
        int64_t start[NRS_GAPS_MAX], t = cf_random(&seed);

        for (int i = 0; i < n; i++) {
            start[i] = t;
            t += cf_random(&seed) % 4 ? period + cf_random(&seed) % (period / 8 + 1) : cf_random(&seed) % period;
            if (cf_random(&seed) % 16 == 0)
                t += cf_random(&seed) % 2 * period;
        }
        if (t - start[0] < INT32_MAX)
            check_gaps(round, start, n);
    }
}

/* ---- the whole core on random flows ---- */

static struct nrs_flow random_flow(uint32_t *seed, uint64_t now)
{
    static const uint8_t protos[] = {NRS_PROTO_TCP, NRS_PROTO_TCP, NRS_PROTO_UDP, NRS_PROTO_ICMP, NRS_PROTO_ICMP6, 255};
    static const uint64_t ages[] = {0, 0, 0, 0, CF_SECOND, CF_MINUTE, CF_HOUR, 2 * CF_DAY};
    uint64_t age = ages[cf_random(seed) % 8];
    struct nrs_flow f = cf_flow(cf_random(seed) % (1 + cf_random(seed) % 200), 0);

    f.t_ns = now - (age ? cf_random(seed) * UINT64_C(4294967296) % age : 0);
    f.ev = (uint8_t)(cf_random(seed) % 8);
    f.dir = (uint8_t)(cf_random(seed) % 4);
    f.end = (uint8_t)(cf_random(seed) % 6);
    f.proto = protos[cf_random(seed) % 6];
    f.flags = (uint16_t)cf_random(seed);
    f.rport = (uint16_t)(cf_random(seed) % 4 ? 443 : cf_random(seed));
    f.tx_bytes = (uint64_t)cf_random(seed) << cf_random(seed) % 33;
    f.rx_bytes = cf_random(seed) >> cf_random(seed) % 32;
    f.dur_ms = cf_random(seed) % 3 ? cf_random(seed) % 10000 : cf_random(seed) % 2 ? NRS_DUR_UNKNOWN : UINT32_MAX - 1;
    f.weight = cf_random(seed) % 30 ? 1 : cf_random(seed);
    if (cf_random(seed) % 50 == 0)
        memset(f.remote.b, (int)(cf_random(seed) & 255), 16);
    return f;
}

struct seen {
    uint32_t round;
    uint64_t hash, n;
};

static void check_judgement(void *arg, const struct nrs_judgement *j)
{
    struct seen *seen = arg;
    char line[NRS_VERDICT_MAX + 1];
    const struct nrs_verdict_id id = {"host", "boot", 1, j->t_ns};
    int len = nrs_verdict_write(line, sizeof line, j, &id);

    check(seen->round, len > 0);
    for (unsigned i = 0; i < NRS_BEACON_N; i++)
        check(seen->round, j->x[i] <= nrs_schema_beacon.features[i].max);
    check(seen->round, j->n_failed <= j->n && j->hours <= 24 && j->jitter_pct <= 999 && j->risk <= 99);
    check(seen->round, j->state == NRS_STATE_NONE || j->dest_id != 0);
    for (int i = 0; i < len; i++)
        seen->hash = (seen->hash ^ (uint8_t)line[i]) * UINT64_C(0x100000001b3);
    seen->n++;
}

static void check_table(uint32_t seed, const struct nrs_table *t)
{
    uint32_t used = 0, watched = 0, chained = 0, spare = 0;

    for (uint32_t i = nrs_table_next(t, 0); i != NRS_NO_DEST; i = nrs_table_next(t, i + 1)) {
        const struct nrs_dest *d = &t->dests[i];

        used++;
        check(seed, nrs_table_find(t, &d->key) == i);
        check(seed, d->n_events <= NRS_EVENTS && d->n_visits <= NRS_VISITS && d->next_event < NRS_EVENTS);
        if (d->watched == NRS_NOT_WATCHED)
            continue;
        watched++;
        check(seed, !d->key.inbound && d->watched < t->watched_cap && t->owners[d->watched] == i);
    }
    for (uint32_t h = 0; h < t->n_heads; h++)
        for (uint32_t i = t->heads[h]; i != NRS_NO_DEST && chained <= t->dest_cap; i = t->links[i].next, chained++)
            check(seed, (t->links[i].hash & (t->n_heads - 1)) == h);
    for (uint32_t i = t->free; i != NRS_NO_DEST && spare <= t->dest_cap; i = t->links[i].next)
        spare++;
    check(seed, used == t->n_dests && chained == used && spare == t->dest_cap - used);
    check(seed, watched == t->n_watched);
    for (uint32_t i = nrs_table_next_dirty(t, 0); i != NRS_NO_DEST; i = nrs_table_next_dirty(t, i + 1))
        check(seed, nrs_table_next(t, i) == i);
    for (uint32_t day = 0; day < t->watched_cap; day++)
        watched += t->owners[day] == NRS_NO_DEST;
    check(seed, watched == t->watched_cap);
}

/* 4,000 flows over days, weeks or minutes; the clock starts so that ms times wrap in some rounds. */
static struct seen run_stream(uint32_t round)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .name_cap = 8, .update_s = 600, .close_s = 3600};
    uint32_t seed = round * 2654435761u, pace_s = 1u << round % 14;
    struct seen seen = {round, 1, 0};
    uint64_t now = CF_START;
    struct cf cf;

    check(round, cf_open(&cf, &conf) == 0);
    nrs_core_on_evict(cf.core, NRS_WINDOW_24H, check_judgement, &seen);
    for (unsigned i = 0; i < 4000; i++) {
        struct nrs_flow f = random_flow(&seed, now);

        nrs_core_flow(cf.core, &f, f.ev == NRS_EV_NAME ? "some.name.example" : NULL);
        now += cf_random(&seed) * UINT64_C(4294967296) % (pace_s * CF_SECOND);
        if (cf_random(&seed) % 20 == 0)
            nrs_core_tick(cf.core, now, check_judgement, &seen);
        if (cf_random(&seed) % 1000 == 0)
            now += cf_random(&seed) % 60 * CF_DAY;
        if (i % 100 == 0)
            check_table(round, &cf.core->table);
    }
    for (unsigned w = 0; w < NRS_WINDOWS; w++)
        nrs_core_each(cf.core, (enum nrs_window)w, now, check_judgement, &seen);
    check_table(round, &cf.core->table);
    cf_close(&cf);
    return seen;
}

static void every_stream_stays_within_bounds_and_comes_out_twice_the_same(void **state)
{
    uint64_t judged = 0;

    (void)state;
    for (uint32_t round = 1; round <= 42; round++) {
        struct seen first = run_stream(round), second = run_stream(round);

        check(round, first.hash == second.hash && first.n == second.n);
        judged += first.n;
    }
    assert_true(judged > 10000);
}

/* ---- addresses against inet_ntop ---- */

/* Of two longest runs of zeroes RFC 5952 shortens the first; musl shortens a later one if the first begins the address. */
static bool shortens_the_first_run(const char *ours, const char *theirs, const struct nrs_addr *a)
{
    struct nrs_addr again;

    return strncmp(ours, "::", 2) == 0 && strncmp(theirs, "0:0:", 4) == 0 &&
           inet_pton(AF_INET6, ours, again.b) == 1 && memcmp(again.b, a->b, sizeof again.b) == 0;
}

static void addresses_are_written_as_inet_ntop_does(void **state)
{
    uint32_t seed = 77;

    (void)state;
    for (unsigned round = 0; round < 50000; round++) {
        char ours[46], theirs[INET6_ADDRSTRLEN];
        struct nrs_addr a;
        int len;

        for (unsigned i = 0; i < 16; i += 2) {
            uint32_t v = cf_random(&seed) % 3 ? cf_random(&seed) >> cf_random(&seed) % 16 : 0;

            a.b[i] = (uint8_t)(v >> 8);
            a.b[i + 1] = (uint8_t)v;
        }
        if (round % 10 == 0)
            a = cf_v4(cf_random(&seed) & 255, cf_random(&seed) & 255, 0, cf_random(&seed) & 255);
        inet_ntop(AF_INET6, a.b, theirs, sizeof theirs);
        if (theirs[0] == ':' && strchr(theirs, '.') && strncmp(theirs, "::ffff:", 7) != 0)
            continue; /* IPv4-compatible, dotted by some systems: RFC 4291 has given it up */
        len = nrs_addr_write(ours, sizeof ours, &a);
        assert_int_equal(len, strlen(ours));
        if (!shortens_the_first_run(ours, theirs, &a))
            assert_string_equal(ours, strncmp(theirs, "::ffff:", 7) == 0 && strchr(theirs, '.') ? theirs + 7 : theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_an_array_of_minutes),
        cmocka_unit_test(gap_statistics_are_their_definitions),
        cmocka_unit_test(every_stream_stays_within_bounds_and_comes_out_twice_the_same),
        cmocka_unit_test(addresses_are_written_as_inet_ntop_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
