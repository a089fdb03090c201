/* Reading a day: sixteen slots at a time, because every judgement does it three times. */
#include <string.h>

#include "agent/core/bits.h"
#include "agent/core/day_slots.h"
#include "models/base/bytes.h"

unsigned nrs_day_count(const struct nrs_day *d, uint32_t minute)
{
    return is_kept(d, minute) ? get_nibble(d->counts, minute % NRS_DAY_MINUTES) : 0;
}

struct walk {
    uint32_t sum;
    uint32_t failed;   /* not 0: a failed bit was seen */
    uint32_t peak;     /* fullest minute so far */
    uint64_t headroom; /* in every byte what makes a count above the peak reach 128 */
};

static void raise_peak(struct walk *w, uint64_t counts)
{
    for (; counts; counts >>= 8)
        w->peak = (counts & 255) > w->peak ? counts & 255 : w->peak;
    w->headroom = (127 - w->peak) * NRS_BYTES;
}

static void walk_one(struct walk *w, const struct nrs_day *d, uint32_t slot)
{
    uint32_t n = get_nibble(d->counts, slot);

    w->sum += n;
    w->failed |= (uint32_t)d->failed[slot / 8] >> (slot & 7) & 1;
    if (n > w->peak)
        raise_peak(w, n);
}

static void walk_sixteen(struct walk *w, const struct nrs_day *d, uint32_t slot)
{
    uint64_t counts = nrs_get_u64le(d->counts + slot / 2);
    uint64_t odd = counts & 15 * NRS_BYTES, even = counts >> 4 & 15 * NRS_BYTES;

    w->failed |= nrs_get_u16le(d->failed + slot / 8);
    if (!counts)
        return;
    /* at most 240: the sum of the bytes fits the highest */
    w->sum += (uint32_t)((odd + even) * NRS_BYTES >> 56);
    if (((odd + w->headroom) | (even + w->headroom)) & 128 * NRS_BYTES) {
        raise_peak(w, odd);
        raise_peak(w, even);
    }
}

static struct walk walk_minutes(const struct nrs_day *d, uint32_t first, uint32_t last)
{
    struct walk w = {.headroom = 127 * NRS_BYTES};

    _Static_assert(NRS_DAY_MINUTES % 16 == 0, "sixteen slots never go around the end");
    for (; first <= last && first % 16; first++)
        walk_one(&w, d, first % NRS_DAY_MINUTES);
    for (; first + 15 <= last; first += 16)
        walk_sixteen(&w, d, first % NRS_DAY_MINUTES);
    for (; first <= last; first++)
        walk_one(&w, d, first % NRS_DAY_MINUTES);
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
    total->peak = w.peak;
    total->n = total->peak < NRS_COUNT_FULL ? w.sum : total_of_hours(d, d->hours, first, last);
    failed = w.failed ? total_of_hours(d, d->hours_failed, first, last) : 0;
    total->n_failed = failed < total->n ? failed : total->n;
}

void nrs_day_add_up_week(const struct nrs_day *d, uint32_t last, struct nrs_week_total *total)
{
    uint32_t hour = last / 60;

    *total = (struct nrs_week_total){0, 0};
    for (uint32_t i = 0; i < NRS_WEEK_HOURS && i <= hour; i++) {
        uint32_t n = is_in_week(d, hour - i) ? get_nibble(d->week, (hour - i) % NRS_WEEK_HOURS) : 0;

        total->n += n;
        total->hours += n != 0;
    }
}

static void clear_outside(uint64_t bits[NRS_DAY_WORDS], uint32_t from, uint32_t to)
{
    for (uint32_t i = 0, at = 0; i < NRS_DAY_WORDS; i++, at += 64) {
        if (at + 64 <= from || at > to) {
            bits[i] = 0;
            continue;
        }
        if (from > at)
            bits[i] &= UINT64_MAX << (from - at);
        if (to - at < 63)
            bits[i] &= UINT64_MAX >> (63 - (to - at));
    }
}

/* Words of 32 slots are laid one after the other from the first minute's on, once around; then all bits move
 * so that the first minute becomes bit 0. */
void nrs_day_bitmap(const struct nrs_day *d, uint32_t last, uint64_t bits[NRS_DAY_WORDS])
{
    uint32_t first = last + 1 - NRS_DAY_MINUTES, from = first, to = last;
    uint32_t at = first % NRS_DAY_MINUTES / 32 * 4, shift = first % 32;
    uint64_t laid[NRS_DAY_WORDS + 1] = {0};

    _Static_assert(NRS_DAY_MINUTES % 32 == 0, "a minute and its slot have the same place in a word");
    memset(bits, 0, NRS_DAY_WORDS * sizeof bits[0]);
    if (!clip(d, &from, &to))
        return;
    for (uint32_t i = 0; i <= NRS_DAY_MINUTES / 32; i++) {
        laid[i / 2] |= (uint64_t)nrs_get_u32le(d->active + at) << 32 * (i % 2);
        at = at + 4 < sizeof d->active ? at + 4 : 0;
    }
    for (uint32_t i = 0; i < NRS_DAY_WORDS; i++)
        bits[i] = laid[i] >> shift | laid[i + 1] << 1 << (63 - shift);
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
