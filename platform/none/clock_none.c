/* No clock: time stands still. Tests and ports start from here. */
#include "platform/clock.h"

uint64_t nrs_clock_boot_ns(void)
{
    return 0;
}

uint64_t nrs_clock_wall_ns(void)
{
    return 0;
}
