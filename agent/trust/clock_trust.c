#include "agent/trust/clock_trust.h"

#include "agent/release.h"
#include "models/base/units.h"
#include "platform/clock.h"

bool nrs_clock_is_set(void)
{
    const uint64_t days = UINT64_C(365) * (NRS_AGENT_YEAR - 1970) + (NRS_AGENT_YEAR - 1969) / 4;

    return nrs_clock_wall_ns() / NRS_NS_PER_DAY >= days;
}

uint32_t nrs_clock_today(void)
{
    return nrs_clock_is_set() ? (uint32_t)(nrs_clock_wall_ns() / NRS_NS_PER_DAY) : 0;
}
