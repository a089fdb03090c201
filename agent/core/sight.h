/* agent/core/sight.h - what could not be seen, hour by hour of the last week
 *
 * A verdict rests on a window of up to seven days. A source that was blind for a part of it was blind for the
 * verdict, so its coverage is everything that was missing at any time of the window, or-ed. An hour is the
 * unit, because the whole week then fits into 169 bytes: what was missing in a part of an hour counts for
 * that hour. Times are milliseconds since the core's epoch. Pure; nothing here fails. */
#ifndef NRS_SIGHT_H
#define NRS_SIGHT_H
#include <stdint.h>

#define NRS_SIGHT_HOURS 169 /* hours that a window of 7 days touches */

/* All zero: full sight since the epoch. */
struct nrs_sight {
    uint8_t hour[NRS_SIGHT_HOURS]; /* bits of enum nrs_coverage, at hour since the epoch modulo the size */
    uint8_t bits;                  /* what is missing now */
    uint32_t newest;               /* hour since the epoch that was written last */
};

/* From now_ms on these bits are missing. A time before the newest hour counts for the newest hour. */
void nrs_sight_set(struct nrs_sight *s, uint64_t now_ms, uint8_t bits);

/* The bits that were missing at any time of the span_s seconds (at most 604,800) that end at now_ms. */
uint8_t nrs_sight_missing(const struct nrs_sight *s, uint64_t now_ms, uint32_t span_s);

#endif
