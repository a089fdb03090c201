/* agent/core/day.h - the last 24 hours of one destination, minute by minute
 *
 * counts:  [1,440] four-bit counts, each saturating at 15; the minute m since the core's epoch lives in slot
 *          m % 1440, so nothing moves when time passes.
 * failed:  [1,440] bits: a connection that began in this minute failed.
 * active:  [1,440] bits: a connection began in this minute, or bytes moved within one that was already open.
 * hours:   [25] exact counts of whole hours (saturating at 65,535), failed ones apart: what "n connections"
 *          in a verdict is made of.
 * week:    [168] four-bit counts by hour, each saturating at 15: the coarse week for slow beacons.
 * Time:    minutes since the core's epoch, at least 1,440, never going back; older minutes are added while
 * kept.
 * Owner:   the table; nothing here allocates.
 * Files:   day.c writes, day_read.c reads. */
#ifndef NRS_DAY_H
#define NRS_DAY_H
#include <stdbool.h>
#include <stdint.h>

#define NRS_DAY_MINUTES 1440
#define NRS_DAY_HOURS 25
#define NRS_WEEK_HOURS 168
#define NRS_DAY_WORDS 23 /* 1,440 bits in words of 64 */
#define NRS_COUNT_FULL 15

struct nrs_day {
    uint32_t newest;                          /* minute up to which slots are valid */
    uint8_t counts[NRS_DAY_MINUTES / 2];      /* even minute in the high half */
    uint8_t failed[NRS_DAY_MINUTES / 8];
    uint8_t active[NRS_DAY_MINUTES / 8];
    uint16_t hours[NRS_DAY_HOURS];
    uint16_t hours_failed[NRS_DAY_HOURS];
    uint8_t week[NRS_WEEK_HOURS / 2];
};

/* Empty, ending at `minute`. */
void nrs_day_init(struct nrs_day *d, uint32_t minute);

/* Forgets what is older than 24 hours before `minute`; earlier minutes change nothing. */
void nrs_day_advance(struct nrs_day *d, uint32_t minute);

/* Adds n connections at a minute, advancing if it is new. Returns how many counts were lost to saturation, or
 * n if the minute is no longer kept: then they are in the week alone, as far as it goes back. */
uint32_t nrs_day_add(struct nrs_day *d, uint32_t minute, uint32_t n);

/* Activity without a new connection; advances like nrs_day_add. */
void nrs_day_mark_active(struct nrs_day *d, uint32_t minute);

void nrs_day_mark_failed(struct nrs_day *d, uint32_t minute); /* nothing if the minute is not kept */

unsigned nrs_day_count(const struct nrs_day *d, uint32_t minute); /* 0 if not kept */

struct nrs_day_total {
    uint32_t n;        /* connections; exact when no minute is saturated or when the span is whole hours of
                          the epoch, else rounded up to whole hours */
    uint32_t n_failed; /* failed ones, rounded up to whole hours, at most n */
    uint32_t peak;     /* fullest minute */
};

/* Adds up the `span` minutes (1..1440) that end with minute `last`. */
void nrs_day_add_up(const struct nrs_day *d, uint32_t last, uint32_t span, struct nrs_day_total *total);

struct nrs_week_total {
    /* connections, at most NRS_COUNT_FULL of each hour: what a slow destination makes is exact */
    uint32_t n;
    uint32_t hours; /* hours with a connection */
};

/* Adds up the 168 whole hours that end with the one of minute `last`. */
void nrs_day_add_up_week(const struct nrs_day *d, uint32_t last, struct nrs_week_total *total);

/* The activity bitmap of the 24 hours that end with `last`: bit i is minute last - 1439 + i, in words of 64,
 * lowest bit first; the last 32 bits are 0. */
void nrs_day_bitmap(const struct nrs_day *d, uint32_t last, uint64_t bits[NRS_DAY_WORDS]);

/* 24 rows of 60 counts by wall-clock hour, packed like `counts`: slot (m + shift) % 1440 holds minute m.
 * Minutes that are no longer kept are 0. */
void nrs_day_matrix(const struct nrs_day *d, uint32_t last, uint32_t shift, uint8_t out[NRS_DAY_MINUTES / 2]);

#endif
