/* agent/uplink/backoff.h - how long to wait after a failed attempt
 *
 * The wait is exponential with full jitter: after the n-th failure in a row it is a random time up to
 * 1 s x 2^n, at most three hours. The first attempts follow each other quickly, so that a person sees the
 * agent work. A fleet that lost its collector comes back spread evenly over three hours. */
#ifndef NRS_BACKOFF_H
#define NRS_BACKOFF_H
#include <stdint.h>

#include "models/base/units.h"

#define NRS_BACKOFF_MIN_MS 250
#define NRS_BACKOFF_MAX_MS (3u * NRS_MS_PER_HOUR)

/* failures: in a row, at least 1. random: any 32 random bits. */
uint32_t nrs_backoff_ms(uint32_t failures, uint32_t random);

/* The wait that a server requests, from NRS_BACKOFF_MIN_MS to three hours, and up to a quarter more, so that
 * agents with the same request do not come back together. */
uint32_t nrs_backoff_asked_ms(uint32_t seconds, uint32_t random);

#endif
