#include "agent/uplink/backoff.h"

static uint32_t clamp(uint64_t ms)
{
    if (ms < NRS_BACKOFF_MIN_MS)
        return NRS_BACKOFF_MIN_MS;
    return ms > NRS_BACKOFF_MAX_MS ? NRS_BACKOFF_MAX_MS : (uint32_t)ms;
}

/* random scaled to 0..top without a division and without bias worth naming. */
static uint64_t scale(uint32_t random, uint64_t top)
{
    return ((uint64_t)random * (top + 1)) >> 32;
}

uint32_t nrs_backoff_ms(uint32_t failures, uint32_t random)
{
    uint32_t top = NRS_BACKOFF_MAX_MS;

    if (failures < 14) /* 1 s x 2^14 is above three hours */
        top = clamp(UINT64_C(1000) << failures);
    return clamp(scale(random, top));
}

uint32_t nrs_backoff_asked_ms(uint32_t seconds, uint32_t random)
{
    uint32_t ms = clamp((uint64_t)seconds * 1000);

    return ms + (uint32_t)scale(random, ms / 4);
}
