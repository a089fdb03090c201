/* Reading a day: eight slots (one 32-bit word of counts) at a time, because every judgement does it three times. */
#include <string.h>

#include "agent/core/day_slots.h"
#include "models/bytes.h"

#define LANES 0x01010101u /* one in every byte */

unsigned nrs_day_count(const struct nrs_day *d, uint32_t minute)
{
    return is_kept(d, minute) ? get_nibble(d->counts, minute % NRS_DAY_MINUTES) : 0;
}

/* The larger of each pair of bytes; all of them below 128. */
static uint32_t larger_bytes(uint32_t a, uint32_t b)
{
    uint32_t a_is_larger = ((a | 128 * LANES) - b) >> 7 & LANES;

    return b ^ ((a ^ b) & a_is_larger * 255);
}

struct walk {
    uint32_t sum;
    uint32_t peaks;  /* fullest minutes, a byte each */
    uint32_t failed; /* not 0: a failed bit was seen */
};

static void walk_one(struct walk *w, const struct nrs_day *d, uint32_t slot)
{
    uint32_t n = get_nibble(d->counts, slot);

    w->sum += n;
    w->peaks = larger_bytes(w->peaks, n);
    w->failed |= (uint32_t)d->failed[slot / 8] >> (slot & 7) & 1u;
}

static void walk_eight(struct walk *w, const struct nrs_day *d, uint32_t slot)
{
    uint32_t eight = nrs_get_u32le(d->counts + slot / 2);
    uint32_t odd = eight & 15 * LANES, even = eight >> 4 & 15 * LANES;

    w->failed |= d->failed[slot / 8];
    if (!eight)
        return;
    w->sum += (odd + even) * LANES >> 24; /* at most 120: the sum of the bytes fits the highest one */
    w->peaks = larger_bytes(w->peaks, larger_bytes(odd, even));
}

static struct walk walk_minutes(const struct nrs_day *d, uint32_t first, uint32_t last)
{
    struct walk w = {0, 0, 0};
    uint32_t slot = first % NRS_DAY_MINUTES, left = last - first + 1, step;

    for (; left; left -= step) {
        step = slot % 8 == 0 && left >= 8 ? 8 : 1;
        if (step == 8)
            walk_eight(&w, d, slot);
        else
            walk_one(&w, d, slot);
        slot = slot + step < NRS_DAY_MINUTES ? slot + step : 0;
    }
    w.peaks = larger_bytes(w.peaks, w.peaks >> 16);
    w.peaks = larger_bytes(w.peaks, w.peaks >> 8) & 255;
    return w;
}

static uint32_t total_of_hours(const struct nrs_day *d, const uint16_t *hours, uint32_t first, uint32_t last)
{
    uint32_t sum = 0, newest = d->newest / 60;

    for (uint32_t h = first / 60; h <= last / 60; h++)
        if (h <= newest && newest - h < NRS_DAY_HOURS)
            sum += hours[h % NRS_DAY_HOURS];
    return sum;
}

/* The minutes of [first, last] that are kept; false if none is. */
static bool clip(const struct nrs_day *d, uint32_t *first, uint32_t *last)
{
    uint32_t oldest = d->newest - (NRS_DAY_MINUTES - 1);

    if (*last > d->newest)
        *last = d->newest;
    if (*first < oldest)
        *first = oldest;
    return *first <= *last;
}

void nrs_day_add_up(const struct nrs_day *d, uint32_t last, uint32_t span, struct nrs_day_total *total)
{
    uint32_t first = last + 1 - span, from = first, to = last, failed;
    struct walk w;

    *total = (struct nrs_day_total){0, 0, 0};
    if (!clip(d, &from, &to))
        return;
    w = walk_minutes(d, from, to);
    total->peak = w.peaks;
    total->n = w.peaks < NRS_COUNT_FULL ? w.sum : total_of_hours(d, d->hours, first, last);
    failed = w.failed ? total_of_hours(d, d->hours_failed, first, last) : 0;
    total->n_failed = failed < total->n ? failed : total->n;
}

unsigned nrs_day_week_hours(const struct nrs_day *d)
{
    unsigned hours = 0;

    for (uint32_t h = 0; h < NRS_WEEK_HOURS; h++)
        hours += get_nibble(d->week, h) != 0;
    return hours;
}

/* Bit i: slot 8 * group + i is active. Each half byte is folded into its lowest bit, then the bits move together. */
static uint32_t active_eight(const struct nrs_day *d, uint32_t group)
{
    uint32_t v = nrs_get_u32le(d->counts + 4 * group);

    if (!v)
        return d->inside[group];
    v |= v >> 1;
    v |= v >> 2;
    v &= LANES | LANES << 4;                   /* odd minute in bit 0 of a byte, even minute in bit 4 */
    v = (v >> 4 | v << 1) & 3 * LANES;         /* even minute in bit 0, odd minute in bit 1 */
    v = (v | v >> 6) & 0x000f000fu;
    return ((v | v >> 12) & 255) | d->inside[group];
}

static uint32_t active_word(const struct nrs_day *d, uint32_t word)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < 4; i++)
        bits |= active_eight(d, 4 * word + i) << 8 * i;
    return bits;
}

static void clear_outside(uint32_t bits[NRS_DAY_WORDS], uint32_t from, uint32_t to)
{
    for (uint32_t i = 0, at = 0; i < NRS_DAY_WORDS; i++, at += 32) {
        if (at + 32 <= from || at > to) {
            bits[i] = 0;
            continue;
        }
        if (from > at)
            bits[i] &= UINT32_MAX << (from - at);
        if (to - at < 31)
            bits[i] &= UINT32_MAX >> (31 - (to - at));
    }
}

void nrs_day_bitmap(const struct nrs_day *d, uint32_t last, uint32_t span, uint32_t bits[NRS_DAY_WORDS])
{
    uint32_t first = last + 1 - span, from = first, to = last;
    uint32_t word = first % NRS_DAY_MINUTES / 32, shift = first % 32, low, high;

    _Static_assert(NRS_DAY_MINUTES % 32 == 0, "a slot and its minute have the same place in a word");
    memset(bits, 0, NRS_DAY_WORDS * sizeof bits[0]);
    if (!clip(d, &from, &to))
        return;
    high = active_word(d, word);
    for (uint32_t i = 0; i < (span + 31) / 32; i++) {
        low = high;
        word = word + 1 < NRS_DAY_WORDS ? word + 1 : 0;
        high = active_word(d, word);
        bits[i] = low >> shift | high << 1 << (31 - shift);
    }
    clear_outside(bits, from - first, to - first);
}

void nrs_day_matrix(const struct nrs_day *d, uint32_t last, uint32_t shift, uint8_t out[NRS_DAY_MINUTES / 2])
{
    memset(out, 0, NRS_DAY_MINUTES / 2);
    for (uint32_t i = 0; i < NRS_DAY_MINUTES; i++) {
        uint32_t m = last - i;

        set_nibble(out, (m + shift) % NRS_DAY_MINUTES, nrs_day_count(d, m));
    }
}
