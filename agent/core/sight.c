#include "agent/core/sight.h"

#include "models/base/units.h"

/* Hours that nobody wrote were like the last one. After a gap longer than the ring all of it is
 * overwritten. */
static void fill_to(struct nrs_sight *s, uint32_t hour)
{
    if (hour > s->newest + NRS_SIGHT_HOURS)
        s->newest = hour - NRS_SIGHT_HOURS;
    while (s->newest < hour)
        s->hour[++s->newest % NRS_SIGHT_HOURS] = s->bits;
}

void nrs_sight_set(struct nrs_sight *s, uint64_t now_ms, uint8_t bits)
{
    fill_to(s, (uint32_t)(now_ms / NRS_MS_PER_HOUR));
    s->hour[s->newest % NRS_SIGHT_HOURS] |= bits;
    s->bits = bits;
}

uint8_t nrs_sight_missing(const struct nrs_sight *s, uint64_t now_ms, uint32_t span_s)
{
    uint64_t span_ms = (uint64_t)span_s * NRS_MS_PER_S;
    uint32_t last = (uint32_t)(now_ms / NRS_MS_PER_HOUR);
    uint32_t first = now_ms > span_ms ? (uint32_t)((now_ms - span_ms) / NRS_MS_PER_HOUR) : 0;
    uint32_t kept = s->newest < NRS_SIGHT_HOURS ? 0 : s->newest - NRS_SIGHT_HOURS + 1;
    uint8_t bits = last > s->newest ? s->bits : 0; /* hours that are not written yet */

    for (uint32_t h = first > kept ? first : kept; h <= last && h <= s->newest; h++)
        bits |= s->hour[h % NRS_SIGHT_HOURS];
    return bits;
}
