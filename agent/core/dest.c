#include "agent/core/dest.h"

#include <string.h>

#include "agent/core/intmath.h"
#include "models/bytes.h"

#define JOIN_SLACK_MS 20

void nrs_dest_init(struct nrs_dest *d, const struct nrs_key *key, uint32_t now_ms)
{
    memset(d, 0, sizeof *d);
    d->key = *key;
    d->first_ms = d->last_ms = now_ms;
    d->last_minute = UINT32_MAX;
    d->watched = NRS_NOT_WATCHED;
}

/* log q3 of 250 ms is 63; four eighths are half an octave. */
static unsigned gap_bin(uint32_t gap_ms)
{
    unsigned q3 = nrs_log2_q3(gap_ms);
    unsigned bin = q3 < 63 ? 0 : (q3 - 63) / 4;

    return bin < NRS_GAP_BINS ? bin : NRS_GAP_BINS - 1;
}

void nrs_dest_fade(struct nrs_dest *d)
{
    for (unsigned i = 0; i < NRS_GAP_BINS; i++)
        d->gap_hist[i] /= 2;
}

static void count_gap(struct nrs_dest *d, uint32_t gap_ms)
{
    unsigned bin = gap_bin(gap_ms);

    if (d->gap_hist[bin] == UINT8_MAX)
        nrs_dest_fade(d);
    d->gap_hist[bin]++;
}

static void add_visit(struct nrs_dest *d, uint32_t start_ms)
{
    d->visit_ms[d->next_visit] = start_ms;
    d->next_visit = (uint8_t)((d->next_visit + 1) % NRS_VISITS);
    if (d->n_visits < NRS_VISITS)
        d->n_visits++;
}

struct nrs_event *nrs_dest_start(struct nrs_dest *d, uint32_t start_ms)
{
    struct nrs_event *e = &d->events[d->next_event];
    int32_t ahead = (int32_t)(start_ms - d->last_ms);

    if (!d->n) {
        d->first_ms = d->last_ms = start_ms;
        add_visit(d, start_ms);
    } else if (ahead >= 0) {
        count_gap(d, (uint32_t)ahead);
        if (ahead >= NRS_VISIT_QUIET_MS)
            add_visit(d, start_ms);
        d->last_ms = start_ms;
    } else if ((int32_t)(start_ms - d->first_ms) < 0) {
        d->first_ms = start_ms;
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
    uint32_t minute = (uint32_t)(now / 60000), into_minute = (uint32_t)(now % 60000);

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
}

bool nrs_key_equal(const struct nrs_key *a, const struct nrs_key *b)
{
    return a->rport == b->rport && a->proto == b->proto && a->inbound == b->inbound &&
           !memcmp(&a->remote, &b->remote, sizeof a->remote) && !memcmp(&a->local, &b->local, sizeof a->local);
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
