/* agent/core/day_slots.h - four-bit counts and bits by slot, for day.c and day_read.c alone */
#ifndef NRS_DAY_SLOTS_H
#define NRS_DAY_SLOTS_H
#include "agent/core/day.h"

static inline unsigned get_nibble(const uint8_t *v, uint32_t slot)
{
    return slot & 1 ? v[slot / 2] & 15u : v[slot / 2] >> 4;
}

static inline void set_nibble(uint8_t *v, uint32_t slot, unsigned n)
{
    v[slot / 2] = (uint8_t)(slot & 1 ? (v[slot / 2] & 0xf0u) | n : (v[slot / 2] & 0x0fu) | (n << 4));
}

/* Is the hour one of the 168 that have a slot? */
static inline bool is_in_week(const struct nrs_day *d, uint32_t hour)
{
    return hour <= d->newest / 60 && d->newest / 60 - hour < NRS_WEEK_HOURS;
}

/* Is the minute one of the 1,440 that have a slot? */
static inline bool is_kept(const struct nrs_day *d, uint32_t minute)
{
    return minute <= d->newest && d->newest - minute < NRS_DAY_MINUTES;
}

#endif
