/* models/base/units.h - how many of one unit of time are in another
 *
 * Nanoseconds are always 64-bit and unsigned, like the clocks that count them. Everything longer is a plain
 * int, so that it takes the type of what it is multiplied with or divides. */
#ifndef NRS_UNITS_H
#define NRS_UNITS_H
#include <stdint.h>

#define NRS_NS_PER_MS UINT64_C(1000000)
#define NRS_NS_PER_S UINT64_C(1000000000)
#define NRS_NS_PER_DAY (NRS_S_PER_DAY * NRS_NS_PER_S)

#define NRS_MS_PER_S 1000
#define NRS_MS_PER_MIN 60000
#define NRS_MS_PER_HOUR 3600000
#define NRS_MS_PER_DAY 86400000

#define NRS_S_PER_MIN 60
#define NRS_S_PER_HOUR 3600
#define NRS_S_PER_DAY 86400

#endif
