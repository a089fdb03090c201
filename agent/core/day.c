#include "agent/core/day.h"

#include <string.h>

#include "agent/core/day_slots.h"

#define GROUPS (NRS_DAY_MINUTES / 8) /* eight slots: four bytes of counts, one byte of every bit plane */

static void set_bit(uint8_t *v, uint32_t slot)
{
    v[slot / 8] = (uint8_t)(v[slot / 8] | (1u << (slot & 7)));
}

static void clear_bit(uint8_t *v, uint32_t slot)
{
    v[slot / 8] = (uint8_t)(v[slot / 8] & ~(1u << (slot & 7)));
}

static void clear_groups(struct nrs_day *d, uint32_t group, uint32_t n)
{
    memset(d->counts + 4 * group, 0, 4 * n);
    memset(d->failed + group, 0, n);
    memset(d->active + group, 0, n);
}

/* Whole groups at once, what sticks out at the ends slot by slot. */
static void clear_slots(struct nrs_day *d, uint32_t slot, uint32_t n)
{
    while (n) {
        uint32_t group = slot / 8, whole = n / 8 < GROUPS - group ? n / 8 : GROUPS - group, done = 1;

        if (slot % 8 == 0 && whole) {
            clear_groups(d, group, whole);
            done = 8 * whole;
        } else {
            set_nibble(d->counts, slot, 0);
            clear_bit(d->failed, slot);
            clear_bit(d->active, slot);
        }
        n -= done;
        slot = (slot + done) % NRS_DAY_MINUTES;
    }
}

static void clear_hour(struct nrs_day *d, uint32_t hour)
{
    d->hours[hour % NRS_DAY_HOURS] = 0;
    d->hours_failed[hour % NRS_DAY_HOURS] = 0;
    set_nibble(d->week, hour % NRS_WEEK_HOURS, 0);
}

void nrs_day_init(struct nrs_day *d, uint32_t minute)
{
    memset(d, 0, sizeof *d);
    d->newest = minute;
}

void nrs_day_advance(struct nrs_day *d, uint32_t minute)
{
    uint32_t hour = d->newest / 60, gone;

    if (minute <= d->newest)
        return;
    gone = minute - d->newest;
    if (gone > NRS_WEEK_HOURS * 60) {
        nrs_day_init(d, minute);
        return;
    }
    clear_slots(d, (d->newest + 1) % NRS_DAY_MINUTES, gone < NRS_DAY_MINUTES ? gone : NRS_DAY_MINUTES);
    while (hour < minute / 60)
        clear_hour(d, ++hour);
    d->newest = minute;
}

static uint16_t add_capped(uint16_t v, uint32_t n)
{
    return n > UINT16_MAX - (uint32_t)v ? UINT16_MAX : (uint16_t)(v + n);
}

/* Returns what did not fit. */
static uint32_t add_to_nibble(uint8_t *v, uint32_t slot, uint32_t n)
{
    uint32_t have = get_nibble(v, slot), room = NRS_COUNT_FULL - have;

    set_nibble(v, slot, have + (n < room ? n : room));
    return n < room ? 0 : n - room;
}

uint32_t nrs_day_add(struct nrs_day *d, uint32_t minute, uint32_t n)
{
    uint32_t hour = minute / 60;

    nrs_day_advance(d, minute);
    if (is_in_week(d, hour))
        add_to_nibble(d->week, hour % NRS_WEEK_HOURS, n);
    if (!is_kept(d, minute))
        return n;
    d->hours[hour % NRS_DAY_HOURS] = add_capped(d->hours[hour % NRS_DAY_HOURS], n);
    if (n)
        set_bit(d->active, minute % NRS_DAY_MINUTES);
    return add_to_nibble(d->counts, minute % NRS_DAY_MINUTES, n);
}

void nrs_day_mark_failed(struct nrs_day *d, uint32_t minute)
{
    uint32_t hour = minute / 60 % NRS_DAY_HOURS;

    if (!is_kept(d, minute))
        return;
    set_bit(d->failed, minute % NRS_DAY_MINUTES);
    d->hours_failed[hour] = add_capped(d->hours_failed[hour], 1);
}

void nrs_day_mark_active(struct nrs_day *d, uint32_t minute)
{
    nrs_day_advance(d, minute);
    if (is_kept(d, minute))
        set_bit(d->active, minute % NRS_DAY_MINUTES);
}
