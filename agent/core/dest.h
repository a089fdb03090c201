/* agent/core/dest.h - the sketch of one destination
 *
 * Every destination has one: its key, counts since first contact, its last connections one by one (start,
 * sizes, duration, failure), the starts of its last visits, and a histogram of all gaps. About 400 bytes, fixed; no
 * pointer inside, so a table of them is one block.
 *
 * Times are milliseconds since the core's epoch, modulo 2^32 (49 days); the table forgets a destination long
 * before its times could be taken for younger ones. Connections may arrive out of order. */
#ifndef NRS_DEST_H
#define NRS_DEST_H
#include <stdbool.h>
#include <stdint.h>

#include "agent/core/day.h"
#include "platform/flow.h"

#define NRS_EVENTS 16          /* connections remembered one by one */
#define NRS_VISITS 24          /* visits remembered */
#define NRS_VISIT_QUIET_MS 10000 /* a connection after this much silence begins a visit */
#define NRS_GAP_BINS 32        /* half-octaves from 0.25 s to 16,384 s; the ends hold the rest */
#define NRS_NOT_WATCHED UINT16_MAX

struct nrs_key {
    struct nrs_addr local, remote;
    uint16_t rport;
    uint8_t proto;
    uint8_t inbound; /* 1: somebody connects to us; kept apart, never watched */
};

enum { NRS_EVENT_FAILED = 1, NRS_EVENT_SIZES = 2, NRS_EVENT_CLOSED = 4 };

struct nrs_event {
    uint32_t start_ms;
    uint16_t tx, rx, dur; /* nrs_code16 of bytes, bytes, ms */
    uint8_t flags;        /* NRS_EVENT_* */
    uint8_t rsv;
};

struct nrs_dest {
    struct nrs_key key;
    uint32_t first_ms, last_ms;     /* earliest and latest start */
    uint32_t n, n_failed;           /* since first contact */
    uint32_t last_minute;           /* of the last start; with active_minutes: when to watch */
    uint32_t judged_ms;             /* last judgement */
    uint32_t verdict;               /* number of its open verdict; 0 = none */
    uint32_t reported_ms;           /* last record of that verdict */
    uint16_t watched;               /* index of its day, or NRS_NOT_WATCHED */
    uint16_t active_minutes;        /* minutes with a start, saturating */
    int16_t margin;                 /* best score above threshold at the last judgement, in 1/100 logit */
    uint8_t n_events, next_event;
    uint8_t n_visits, next_visit;
    uint8_t gap_hist[NRS_GAP_BINS]; /* all halved when one is full, and once a day (fading) */
    uint32_t visit_ms[NRS_VISITS];
    struct nrs_event events[NRS_EVENTS];
};

void nrs_dest_init(struct nrs_dest *d, const struct nrs_key *key, uint32_t now_ms);

/* Records one start. Returns the event, for sizes that are known at once. */
struct nrs_event *nrs_dest_start(struct nrs_dest *d, uint32_t start_ms);

/* The remembered connection that began at start_ms (within 20 ms) and is not closed yet, or NULL. */
struct nrs_event *nrs_dest_open_event(struct nrs_dest *d, uint32_t start_ms);

/* Starts a day with what the sketch remembers. now: milliseconds since the core's epoch, in full. */
void nrs_dest_fill_day(const struct nrs_dest *d, struct nrs_day *day, uint64_t now);

/* Halves the gap histogram. */
void nrs_dest_fade(struct nrs_dest *d);

bool nrs_key_equal(const struct nrs_key *a, const struct nrs_key *b);
uint32_t nrs_key_hash(const struct nrs_key *k, uint32_t seed); /* the same on every target */

#endif
