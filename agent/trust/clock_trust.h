/* agent/trust/clock_trust.h - whether the wall clock can be right
 *
 * A board without a battery starts in 1970. Dates of certificates and models mean something only if the clock
 * is set. */
#ifndef NRS_CLOCK_TRUST_H
#define NRS_CLOCK_TRUST_H
#include <stdbool.h>
#include <stdint.h>

/* Whether the wall clock is in the year of this release (agent/release.h), or later. */
bool nrs_clock_is_set(void);

/* Today, days since 1970; 0 if the clock is not set. */
uint32_t nrs_clock_today(void);

#endif
