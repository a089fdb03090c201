/* agent/uplink/backoff.h - how long to wait after a failed attempt
 *
 * Exponential with full jitter: after the n-th failure in a row a random time up to 1 s x 2^n, at most three hours. The
 * first tries are quick, so that a person sees it work; a fleet that lost its collector comes back spread
 * evenly over three hours. */
#ifndef NRS_BACKOFF_H
#define NRS_BACKOFF_H
#include <stdint.h>

#include "models/base/units.h"

#define NRS_BACKOFF_MIN_MS 250
#define NRS_BACKOFF_MAX_MS (3u * NRS_MS_PER_HOUR)

/* failures: in a row, at least 1. random: any 32 random bits. */
uint32_t nrs_backoff_ms(uint32_t failures, uint32_t random);

/* What a server asked for, from NRS_BACKOFF_MIN_MS to three hours, and up to a quarter more of it, so that those told the same
 * do not come together. */
uint32_t nrs_backoff_asked_ms(uint32_t seconds, uint32_t random);

#endif
