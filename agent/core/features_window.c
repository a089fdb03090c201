/* The features that depend on the window: all of them come from the minutes of the day. */
#include <string.h>

#include "agent/core/core.h"
#include "agent/core/features.h"
#include "agent/core/intmath.h"

/* Lags in minutes at which a beacon of a common period meets itself; periods in between are met at a multiple. */
static const uint16_t lags[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360};

static uint32_t bit_count(const uint32_t *bits)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < NRS_DAY_WORDS; i++)
        n += nrs_popcount32(bits[i]);
    return n;
}

/* Set minutes whose minute `lag` later is set too. */
static uint32_t matches_at(const uint32_t *bits, unsigned n_words, unsigned lag)
{
    unsigned word = lag / 32, shift = lag % 32;
    uint32_t n = 0;

    for (unsigned i = 0; i + word < n_words; i++) {
        uint32_t later = bits[i + word] >> shift;

        if (shift && i + word + 1 < n_words)
            later |= bits[i + word + 1] << (32 - shift);
        n += nrs_popcount32(bits[i] & later);
    }
    return n;
}

/* Best share of active minutes that meet another at a fixed lag, lags above a third of the span left out. */
static uint16_t autocorrelation(const uint32_t *bits, uint32_t active, uint32_t span)
{
    unsigned n_words = (unsigned)((nrs_window_s[NRS_WINDOW_24H] / 60 + 31) / 32);
    uint32_t best = 0;

    for (size_t i = 0; i < sizeof lags / sizeof lags[0] && lags[i] * 3u <= span; i++) {
        uint32_t n = matches_at(bits, n_words, lags[i]);

        best = n > best ? n : best;
    }
    return (uint16_t)nrs_share(best, active, 255, 255);
}

/* First and last set bit; false if there is none. */
static bool ends_of(const uint32_t *bits, uint32_t *first, uint32_t *last)
{
    bool any = false;

    for (uint32_t i = 0; i < NRS_DAY_MINUTES; i++) {
        if (!(bits[i / 32] >> (i & 31) & 1))
            continue;
        if (!any)
            *first = i;
        *last = i;
        any = true;
    }
    return any;
}

static uint32_t active_hours(const uint32_t *bits, uint32_t window_min)
{
    uint32_t hours = 0;

    for (uint32_t h = 0; h < window_min; h += 60) {
        uint32_t any = 0;

        for (uint32_t i = h; i < h + 60; i++)
            any |= bits[i / 32] >> (i & 31) & 1;
        hours += any;
    }
    return hours;
}

static uint16_t fullest_minute(const struct nrs_day *day, uint32_t last, uint32_t window_min)
{
    unsigned peak = 0;

    for (uint32_t i = 0; i < window_min && i <= last; i++) {
        unsigned n = nrs_day_count(day, last - i);

        peak = n > peak ? n : peak;
    }
    return (uint16_t)peak;
}

void nrs_features_fill(const struct nrs_profile *p, unsigned window, uint64_t now, uint16_t *x,
                       struct nrs_window_facts *facts)
{
    uint32_t window_min = nrs_window_s[window] / 60;
    uint32_t last = (uint32_t)((now - 1) / 60000);
    uint32_t bits[NRS_DAY_WORDS], first_bit = 0, last_bit = 0, active;

    memcpy(x, p->x, sizeof p->x);
    nrs_day_bitmap(p->day, last, window_min, bits);
    facts->n = nrs_day_total(p->day, last, window_min, &facts->n_failed);
    facts->hours = active_hours(bits, window_min);
    if (p->day == &p->made && p->dest->n > p->dest->n_events &&
        (uint32_t)now - p->dest->first_ms <= nrs_window_s[window] * 1000u)
        facts->n = p->dest->n;
    active = bit_count(bits);
    x[NRS_X_win] = (uint16_t)window;
    x[NRS_X_n] = (uint16_t)nrs_log2_q3(facts->n);
    x[NRS_X_hours] = (uint16_t)nrs_share(facts->hours, window_min / 60, 255, 255);
    x[NRS_X_peak] = fullest_minute(p->day, last, window_min);
    if (!ends_of(bits, &first_bit, &last_bit))
        return;
    x[NRS_X_fill] = (uint16_t)nrs_share(active, last_bit - first_bit + 1, 255, 255);
    x[NRS_X_span] = (uint16_t)nrs_share(last_bit - first_bit + 1, window_min, 255, 255);
    x[NRS_X_acf] = autocorrelation(bits, active, last_bit - first_bit + 1);
}
