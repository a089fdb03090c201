/* The features that depend on the window: all of them come from the minutes of the day. */
#include <string.h>

#include "agent/core/core.h"
#include "agent/core/features.h"
#include "agent/core/intmath.h"

/* Lags in minutes at which a beacon of a common period meets itself; periods in between are met at a multiple. */
static const uint16_t lags[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360};

#define LAG_WORDS 13 /* words beyond the bitmap that the longest lag looks into; always 0 */

/* The minutes of a window as bits; only the first n_words can hold any. */
struct minutes {
    uint32_t n_words;
    uint32_t bits[NRS_DAY_WORDS + LAG_WORDS];
};

static uint32_t bit_count(const struct minutes *m)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_words; i++)
        n += nrs_popcount32(m->bits[i]);
    return n;
}

/* Set minutes whose minute `lag` later is set too. */
static uint32_t matches_at(const struct minutes *m, unsigned lag)
{
    const uint32_t *ahead = m->bits + lag / 32;
    unsigned shift = lag % 32;
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_words; i++) {
        uint32_t both = m->bits[i] & (ahead[i] >> shift | ahead[i + 1] << 1 << (31 - shift));

        if (both)
            n += nrs_popcount32(both);
    }
    return n;
}

/* Best share of active minutes that meet another at a fixed lag, lags above a third of the span left out. The last
 * active minute meets none, so more than active - 1 matches are not to be had. */
static uint16_t autocorrelation(const struct minutes *m, uint32_t active, uint32_t span)
{
    uint32_t best = 0;

    for (size_t i = 0; i < sizeof lags / sizeof lags[0] && lags[i] * 3u <= span && best + 1 < active; i++) {
        uint32_t n = matches_at(m, lags[i]);

        best = n > best ? n : best;
    }
    return (uint16_t)nrs_share(best, active, 255, 255);
}

/* First and last set minute; there is one. */
static void ends_of(const struct minutes *m, uint32_t *first, uint32_t *last)
{
    uint32_t low = 0, high = m->n_words - 1;

    while (!m->bits[low])
        low++;
    while (!m->bits[high])
        high--;
    *first = 32 * low + nrs_lowest_bit(m->bits[low]);
    *last = 32 * high + nrs_highest_bit(m->bits[high]);
}

/* Hours of the window, counted from its first minute, with an active one: a word touches two of them at most. */
static uint32_t active_hours(const struct minutes *m)
{
    uint32_t hours = 0;

    for (uint32_t i = 0; i < m->n_words; i++) {
        uint32_t hour = 32 * i / 60, left = 60 * (hour + 1) - 32 * i;
        uint32_t mine = left < 32 ? ~(UINT32_MAX << left) : UINT32_MAX;

        hours |= (uint32_t)((m->bits[i] & mine) != 0) << hour | (uint32_t)((m->bits[i] & ~mine) != 0) << (hour + 1);
    }
    return nrs_popcount32(hours);
}

void nrs_features_fill(const struct nrs_profile *p, unsigned window, uint64_t now, uint16_t *x,
                       struct nrs_window_facts *facts)
{
    uint32_t window_min = nrs_window_s[window] / 60;
    uint32_t last = (uint32_t)((now - 1) / 60000);
    uint32_t first_bit, last_bit, active;
    struct minutes m = {.n_words = (window_min + 31) / 32};
    struct nrs_day_total total;

    memcpy(x, p->x, sizeof p->x);
    nrs_day_bitmap(p->day, last, window_min, m.bits);
    nrs_day_add_up(p->day, last, window_min, &total);
    facts->n = total.n;
    facts->n_failed = total.n_failed;
    facts->hours = active_hours(&m);
    if (p->day == &p->made && p->dest->n > p->dest->n_events &&
        now / 1000 - p->dest->first_s <= nrs_window_s[window])
        facts->n = p->dest->n;
    active = bit_count(&m);
    x[NRS_X_win] = (uint16_t)window;
    x[NRS_X_n] = (uint16_t)nrs_log2_q3(facts->n);
    x[NRS_X_hours] = (uint16_t)nrs_share(facts->hours, window_min / 60, 255, 255);
    x[NRS_X_peak] = (uint16_t)total.peak;
    if (!active)
        return;
    ends_of(&m, &first_bit, &last_bit);
    x[NRS_X_fill] = (uint16_t)nrs_share(active, last_bit - first_bit + 1, 255, 255);
    x[NRS_X_span] = (uint16_t)nrs_share(last_bit - first_bit + 1, window_min, 255, 255);
    x[NRS_X_acf] = autocorrelation(&m, active, last_bit - first_bit + 1);
}
