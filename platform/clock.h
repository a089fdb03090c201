/* platform/clock.h - the two clocks, in nanoseconds
 *
 * Intervals are measured in boot time: it includes sleep and never goes back. Wall-clock time is only for
 * stamps. */
#ifndef NRS_CLOCK_H
#define NRS_CLOCK_H
#include <stdint.h>

uint64_t nrs_clock_boot_ns(void);
uint64_t nrs_clock_wall_ns(void); /* since 1970; any value until the clock was set */

#endif
