/* agent/core/dest.h - the sketch of one destination
 *
 * Every destination has one: its key, counts since first contact, its last connections one by one (start,
 * sizes, duration, failure), the starts of its last visits, and a histogram of all gaps. About 400 bytes,
 * fixed; no pointer inside, so a table of them is one block. Connections may arrive out of order.
 *
 * Times in ms are since the core's epoch, modulo 2^32 (49 days). They are compared over less than 2^31 ms:
 * after NRS_FORGET_MINUTES of silence a destination starts over, and the daily fading drops starts older than
 * two weeks. */
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
#define NRS_FORGET_MINUTES 11520 /* eight days without activity: what is known is worth nothing any more */

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
    uint8_t server;       /* of siblings (siblings.h): a hash of the address, 1..255; otherwise 0 */
};

/* The life of a verdict; life.c has the table of its transitions. */
enum nrs_life {
    NRS_LIFE_NONE,   /* the destination has no verdict */
    NRS_LIFE_RISING, /* it is flagged, but not for long enough */
    NRS_LIFE_OPEN,   /* its verdict was reported and lasts */
    NRS_LIFE_SILENT, /* it would have a verdict, but an allow rule fits it: it is only counted */
    NRS_LIVES
};

struct nrs_verdict_state {
    uint32_t life : 2;    /* enum nrs_life */
    /* OPEN, before the first update: nrs_log2_q3 of the connections at its opening; otherwise 0 */
    uint32_t opened : 8;
    uint32_t number : 22; /* OPEN: the verdict's own number, 1..2^22 - 1; otherwise 0 */
    /* RISING: flagged since then without a break; OPEN: its latest record; otherwise 0 */
    uint32_t since_ms;
};

struct nrs_dest {
    struct nrs_key key;
    uint32_t first_s;               /* earliest start, seconds since the epoch */
    uint32_t last_ms;               /* latest start */
    uint32_t n, n_failed;           /* since first contact, saturating */
    /* newest minute since the epoch with a start or bytes inside a connection */
    uint32_t last_minute;
    uint32_t judged_ms;             /* last judgement */
    struct nrs_verdict_state verdict;
    uint32_t process;               /* whose connections these are (allow.h): a code, unknown or several */
    uint16_t watched;               /* index of its day, or NRS_NOT_WATCHED */
    uint16_t active_minutes;        /* such minutes, saturating */
    uint8_t n_events, next_event;
    uint8_t n_visits, next_visit;
    uint8_t gap_hist[NRS_GAP_BINS]; /* all halved when one is full, and once a day (fading) */
    uint32_t visit_ms[NRS_VISITS];
    struct nrs_event events[NRS_EVENTS];
};

void nrs_dest_init(struct nrs_dest *d, const struct nrs_key *key);

/* Notes activity in a minute; true if that minute is newer than all before. To be called before
 * nrs_dest_start. */
bool nrs_dest_touch(struct nrs_dest *d, uint32_t minute);

/* Records one start, in ms since the epoch in full. Returns the event, for sizes that are known at once. */
struct nrs_event *nrs_dest_start(struct nrs_dest *d, uint64_t start);

/* The remembered connection that began at start_ms (within 20 ms) and is not closed yet, or NULL. */
struct nrs_event *nrs_dest_open_event(struct nrs_dest *d, uint32_t start_ms);

/* Starts a day that ends just before `now` (ms since the core's epoch, in full) with what the sketch
 * remembers. Connections that are only counted by now go to the minute of the first contact as far as that is
 * kept, so that totals stay right. */
void nrs_dest_fill_day(const struct nrs_dest *d, struct nrs_day *day, uint64_t now);

/* Halves the gap histogram and drops starts older than two weeks. To be called about once a day. */
void nrs_dest_fade(struct nrs_dest *d, uint32_t now_ms);

/* Minutes since the last activity. */
uint32_t nrs_dest_idle_min(const struct nrs_dest *d, uint32_t minute);

bool nrs_dest_has_verdict(const struct nrs_dest *d); /* OPEN or SILENT */

bool nrs_key_equal(const struct nrs_key *a, const struct nrs_key *b);
uint32_t nrs_key_hash(const struct nrs_key *k, uint32_t seed); /* the same on every target */
uint32_t nrs_addr_hash(const struct nrs_addr *a, uint32_t seed); /* quicker and weaker: for small caches */

#endif
