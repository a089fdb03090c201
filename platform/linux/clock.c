#include "platform/clock.h"

#include <time.h>

#include "models/base/units.h"

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now = {0, 0};

    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * NRS_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t nrs_clock_boot_ns(void)
{
    return now_ns(CLOCK_BOOTTIME); /* Linux 2.6.39 */
}

uint64_t nrs_clock_wall_ns(void)
{
    return now_ns(CLOCK_REALTIME);
}
