#include "agent/core/day.h"

#include <string.h>

static unsigned nibble(const uint8_t *v, uint32_t slot)
{
    return slot & 1 ? v[slot / 2] & 15u : v[slot / 2] >> 4;
}

static void set_nibble(uint8_t *v, uint32_t slot, unsigned n)
{
    v[slot / 2] = (uint8_t)(slot & 1 ? (v[slot / 2] & 0xf0u) | n : (v[slot / 2] & 0x0fu) | (n << 4));
}

static void set_bit(uint8_t *v, uint32_t slot)
{
    v[slot / 8] = (uint8_t)(v[slot / 8] | (1u << (slot & 7)));
}

static bool bit(const uint8_t *v, uint32_t slot)
{
    return v[slot / 8] >> (slot & 7) & 1;
}

static void clear_minute(struct nrs_day *d, uint32_t minute)
{
    uint32_t slot = minute % NRS_DAY_MINUTES;

    set_nibble(d->counts, slot, 0);
    d->failed[slot / 8] = (uint8_t)(d->failed[slot / 8] & ~(1u << (slot & 7)));
    d->inside[slot / 8] = (uint8_t)(d->inside[slot / 8] & ~(1u << (slot & 7)));
}

static void clear_hour(struct nrs_day *d, uint32_t hour)
{
    d->hours[hour % NRS_DAY_HOURS] = 0;
    d->hours_failed[hour % NRS_DAY_HOURS] = 0;
    set_nibble(d->week, hour % NRS_WEEK_HOURS, 0);
}

static bool kept(const struct nrs_day *d, uint32_t minute)
{
    return minute <= d->newest && d->newest - minute < NRS_DAY_MINUTES;
}

void nrs_day_init(struct nrs_day *d, uint32_t minute)
{
    memset(d, 0, sizeof *d);
    d->newest = minute;
}

void nrs_day_advance(struct nrs_day *d, uint32_t minute)
{
    uint32_t hour, gone;

    if (minute <= d->newest)
        return;
    gone = minute - d->newest;
    for (uint32_t i = gone < NRS_DAY_MINUTES ? gone : NRS_DAY_MINUTES; i; i--)
        clear_minute(d, minute - (i - 1));
    hour = d->newest / 60;
    gone = minute / 60 - hour;
    for (uint32_t i = gone < NRS_WEEK_HOURS ? gone : NRS_WEEK_HOURS; i; i--)
        clear_hour(d, minute / 60 - (i - 1));
    d->newest = minute;
}

static uint16_t add_capped(uint16_t v, uint32_t n)
{
    return n > UINT16_MAX - (uint32_t)v ? UINT16_MAX : (uint16_t)(v + n);
}

uint32_t nrs_day_add(struct nrs_day *d, uint32_t minute, uint32_t n)
{
    uint32_t hour = minute / 60, have, room;

    nrs_day_advance(d, minute);
    if (!kept(d, minute))
        return n;
    d->hours[hour % NRS_DAY_HOURS] = add_capped(d->hours[hour % NRS_DAY_HOURS], n);
    have = nibble(d->week, hour % NRS_WEEK_HOURS);
    room = NRS_COUNT_FULL - have;
    set_nibble(d->week, hour % NRS_WEEK_HOURS, have + (n < room ? n : room));
    have = nibble(d->counts, minute % NRS_DAY_MINUTES);
    room = NRS_COUNT_FULL - have;
    set_nibble(d->counts, minute % NRS_DAY_MINUTES, have + (n < room ? n : room));
    return n < room ? 0 : n - room;
}

void nrs_day_mark_failed(struct nrs_day *d, uint32_t minute)
{
    uint32_t hour = minute / 60 % NRS_DAY_HOURS;

    if (!kept(d, minute))
        return;
    set_bit(d->failed, minute % NRS_DAY_MINUTES);
    d->hours_failed[hour] = add_capped(d->hours_failed[hour], 1);
}

void nrs_day_mark_inside(struct nrs_day *d, uint32_t minute)
{
    nrs_day_advance(d, minute);
    if (kept(d, minute))
        set_bit(d->inside, minute % NRS_DAY_MINUTES);
}

unsigned nrs_day_count(const struct nrs_day *d, uint32_t minute)
{
    return kept(d, minute) ? nibble(d->counts, minute % NRS_DAY_MINUTES) : 0;
}

static uint32_t total_of_hours(const struct nrs_day *d, const uint16_t *hours, uint32_t first, uint32_t last)
{
    uint32_t sum = 0, newest = d->newest / 60;

    for (uint32_t h = first / 60; h <= last / 60; h++)
        if (h <= newest && newest - h < NRS_DAY_HOURS)
            sum += hours[h % NRS_DAY_HOURS];
    return sum;
}

uint32_t nrs_day_total(const struct nrs_day *d, uint32_t last, uint32_t span, uint32_t *n_failed)
{
    uint32_t first = last + 1 >= span ? last + 1 - span : 0, sum = 0, failed_minutes = 0, hourly;
    bool exact = true;

    for (uint32_t m = first; m <= last; m++) {
        unsigned n = nrs_day_count(d, m);

        sum += n;
        exact = exact && n < NRS_COUNT_FULL;
        failed_minutes += kept(d, m) && bit(d->failed, m % NRS_DAY_MINUTES);
    }
    hourly = total_of_hours(d, d->hours, first, last);
    if (!exact)
        sum = hourly;
    if (n_failed) {
        uint32_t failed = failed_minutes ? total_of_hours(d, d->hours_failed, first, last) : 0;

        *n_failed = failed < sum ? failed : sum;
    }
    return sum;
}

unsigned nrs_day_week_hours(const struct nrs_day *d)
{
    unsigned hours = 0;

    for (uint32_t h = 0; h < NRS_WEEK_HOURS; h++)
        hours += nibble(d->week, h) != 0;
    return hours;
}

void nrs_day_bitmap(const struct nrs_day *d, uint32_t last, uint32_t span, uint32_t bits[NRS_DAY_WORDS])
{
    uint32_t first = last + 1 - span;

    memset(bits, 0, NRS_DAY_WORDS * sizeof bits[0]);
    for (uint32_t i = 0; i < span; i++) {
        uint32_t slot = (first + i) % NRS_DAY_MINUTES;

        if (kept(d, first + i) && (nibble(d->counts, slot) || bit(d->inside, slot)))
            bits[i / 32] |= 1u << (i & 31);
    }
}

void nrs_day_matrix(const struct nrs_day *d, uint32_t last, uint32_t shift, uint8_t out[NRS_DAY_MINUTES / 2])
{
    memset(out, 0, NRS_DAY_MINUTES / 2);
    for (uint32_t i = 0; i < NRS_DAY_MINUTES; i++) {
        uint32_t m = last - i;

        set_nibble(out, (m + shift) % NRS_DAY_MINUTES, nrs_day_count(d, m));
    }
}
