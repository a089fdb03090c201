#include "agent/core/dest.h"

#include <string.h>

#include "agent/core/intmath.h"
#include "models/base/bytes.h"
#include "models/base/units.h"

#define JOIN_SLACK_MS 20
#define OLD_MS (14u * NRS_MS_PER_DAY) /* two weeks: with the longest silence and a day below 2^31 ms */

void nrs_dest_init(struct nrs_dest *d, const struct nrs_key *key)
{
    memset(d, 0, sizeof *d);
    d->key = *key;
    d->watched = NRS_NOT_WATCHED;
}

/* As if never seen before; an open verdict and the day stay with it. */
static void start_over(struct nrs_dest *d, uint32_t minute)
{
    const struct nrs_dest old = *d;

    nrs_dest_init(d, &old.key);
    d->first_s = minute * 60;
    d->verdict = old.verdict;
    d->watched = old.watched;
}

bool nrs_dest_touch(struct nrs_dest *d, uint32_t minute)
{
    if (minute <= d->last_minute)
        return false;
    if (d->n && nrs_dest_idle_min(d, minute) >= NRS_FORGET_MINUTES)
        start_over(d, minute);
    d->last_minute = minute;
    if (d->active_minutes < UINT16_MAX)
        d->active_minutes++;
    return true;
}

uint32_t nrs_dest_idle_min(const struct nrs_dest *d, uint32_t minute)
{
    return minute > d->last_minute ? minute - d->last_minute : 0;
}

/* log q3 of 250 ms is 63; four eighths are half an octave. */
static unsigned gap_bin(uint32_t gap_ms)
{
    unsigned q3 = nrs_log2_q3(gap_ms);
    unsigned bin = q3 < 63 ? 0 : (q3 - 63) / 4;

    return bin < NRS_GAP_BINS ? bin : NRS_GAP_BINS - 1;
}

static void halve_histogram(struct nrs_dest *d)
{
    for (unsigned i = 0; i < NRS_GAP_BINS; i++)
        d->gap_hist[i] /= 2;
}

static bool is_old(uint32_t start_ms, uint32_t now_ms)
{
    return now_ms - start_ms > OLD_MS && now_ms - start_ms <= INT32_MAX;
}

/* Both lists are rings; what is kept is written back in order from the front. */
static void drop_old_events(struct nrs_dest *d, uint32_t now_ms)
{
    struct nrs_event kept[NRS_EVENTS];
    uint8_t n = 0;

    for (unsigned i = NRS_EVENTS - d->n_events; i < NRS_EVENTS; i++) {
        const struct nrs_event *e = &d->events[(d->next_event + i) % NRS_EVENTS];

        if (!is_old(e->start_ms, now_ms))
            kept[n++] = *e;
    }
    if (n == d->n_events)
        return;
    memcpy(d->events, kept, n * sizeof kept[0]);
    d->n_events = d->next_event = n;
}

static void drop_old_visits(struct nrs_dest *d, uint32_t now_ms)
{
    uint32_t kept[NRS_VISITS];
    uint8_t n = 0;

    for (unsigned i = NRS_VISITS - d->n_visits; i < NRS_VISITS; i++) {
        uint32_t start_ms = d->visit_ms[(d->next_visit + i) % NRS_VISITS];

        if (!is_old(start_ms, now_ms))
            kept[n++] = start_ms;
    }
    if (n == d->n_visits)
        return;
    memcpy(d->visit_ms, kept, n * sizeof kept[0]);
    d->n_visits = d->next_visit = n;
}

void nrs_dest_fade(struct nrs_dest *d, uint32_t now_ms)
{
    halve_histogram(d);
    drop_old_events(d, now_ms);
    drop_old_visits(d, now_ms);
}

static void count_gap(struct nrs_dest *d, uint32_t gap_ms)
{
    unsigned bin = gap_bin(gap_ms);

    if (d->gap_hist[bin] == UINT8_MAX)
        halve_histogram(d);
    d->gap_hist[bin]++;
}

static void add_visit(struct nrs_dest *d, uint32_t start_ms)
{
    d->visit_ms[d->next_visit] = start_ms;
    d->next_visit = (uint8_t)((d->next_visit + 1) % NRS_VISITS);
    if (d->n_visits < NRS_VISITS)
        d->n_visits++;
}

struct nrs_event *nrs_dest_start(struct nrs_dest *d, uint64_t start)
{
    struct nrs_event *e = &d->events[d->next_event];
    uint32_t start_ms = (uint32_t)start, start_s = (uint32_t)(start / 1000);
    int32_t ahead = (int32_t)(start_ms - d->last_ms);

    if (!d->n) {
        d->first_s = start_s;
        d->last_ms = start_ms;
        add_visit(d, start_ms);
    } else if (ahead >= 0) {
        count_gap(d, (uint32_t)ahead);
        if (ahead >= NRS_VISIT_QUIET_MS)
            add_visit(d, start_ms);
        d->last_ms = start_ms;
    } else if (start_s < d->first_s) {
        d->first_s = start_s;
    }
    if (d->n < UINT32_MAX)
        d->n++;
    *e = (struct nrs_event){.start_ms = start_ms};
    d->next_event = (uint8_t)((d->next_event + 1) % NRS_EVENTS);
    if (d->n_events < NRS_EVENTS)
        d->n_events++;
    return e;
}

struct nrs_event *nrs_dest_open_event(struct nrs_dest *d, uint32_t start_ms)
{
    for (unsigned i = 0; i < d->n_events; i++) {
        struct nrs_event *e = &d->events[i];
        uint32_t off = e->start_ms - start_ms + JOIN_SLACK_MS;

        if (!(e->flags & NRS_EVENT_CLOSED) && off <= 2 * JOIN_SLACK_MS)
            return e;
    }
    return NULL;
}

void nrs_dest_fill_day(const struct nrs_dest *d, struct nrs_day *day, uint64_t now)
{
    uint32_t minute = (uint32_t)((now - 1) / 60000), into_minute = (uint32_t)(now - minute * UINT64_C(60000));
    uint32_t first_minute = d->first_s / 60;

    nrs_day_init(day, minute);
    for (unsigned i = 0; i < d->n_events; i++) {
        uint32_t ago_ms = (uint32_t)now - d->events[i].start_ms;
        uint32_t ago_min = ago_ms <= into_minute ? 0 : (ago_ms - into_minute + 59999) / 60000;

        if ((int32_t)ago_ms < 0 || ago_min > minute)
            continue;
        nrs_day_add(day, minute - ago_min, 1);
        if (d->events[i].flags & NRS_EVENT_FAILED)
            nrs_day_mark_failed(day, minute - ago_min);
    }
    if (d->n > d->n_events && first_minute <= minute)
        nrs_day_add(day, first_minute, d->n - d->n_events);
}

bool nrs_dest_has_verdict(const struct nrs_dest *d)
{
    return d->verdict.life >= NRS_LIFE_OPEN;
}

bool nrs_key_equal(const struct nrs_key *a, const struct nrs_key *b)
{
    return a->rport == b->rport && a->proto == b->proto && a->inbound == b->inbound &&
           !memcmp(&a->remote, &b->remote, sizeof a->remote) &&
           !memcmp(&a->local, &b->local, sizeof a->local);
}

uint32_t nrs_addr_hash(const struct nrs_addr *a, uint32_t seed)
{
    uint32_t h = seed;

    for (unsigned i = 0; i < 16; i += 4)
        h = (h ^ nrs_get_u32le(a->b + i)) * 0x9e3779b1u;
    h = (h ^ h >> 16) * 0x85ebca6bu; /* neighbours in a network differ in the highest bits alone */
    return h ^ h >> 13;
}

/* Multiply and rotate over the nine 32-bit words of the key, then a final mix (the construction of
 * MurmurHash3, public domain). The seed keeps outsiders from choosing addresses that share a chain. */
uint32_t nrs_key_hash(const struct nrs_key *k, uint32_t seed)
{
    uint32_t h = seed ^ ((uint32_t)k->rport << 16 | (uint32_t)k->proto << 8 | k->inbound);

    for (unsigned i = 0; i < 32; i += 4) {
        uint32_t w = nrs_get_u32le(i < 16 ? k->remote.b + i : k->local.b + (i - 16)) * 0xcc9e2d51u;

        h ^= (w << 15 | w >> 17) * 0x1b873593u;
        h = (h << 13 | h >> 19) * 5 + 0xe6546b64u;
    }
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}
