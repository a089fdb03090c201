/* The features that depend on the window: they come from the minutes of the day and the hours of the week. */
#include <string.h>

#include "agent/core/bits.h"
#include "agent/core/core.h"
#include "agent/core/features.h"
#include "agent/core/intmath.h"

#define LAG_MAX 360 /* minutes; two periods at most */

#define LAG_WORDS 6 /* words beyond the bitmap that the longest lag looks into; always 0 */

/* The day's bitmap without what lies before the window; words below `first` hold nothing. */
struct minutes {
    uint32_t first;
    uint64_t bits[NRS_DAY_WORDS + LAG_WORDS];
};

static void cut_window(struct minutes *m, const uint64_t *day, uint32_t window_min)
{
    uint32_t start = NRS_DAY_MINUTES - window_min;

    memset(m->bits, 0, sizeof m->bits);
    m->first = start / 64;
    memcpy(m->bits + m->first, day + m->first, (NRS_DAY_WORDS - m->first) * sizeof day[0]);
    m->bits[m->first] &= UINT64_MAX << start % 64;
}

static uint32_t count_minutes(const struct minutes *m)
{
    uint32_t n = 0;

    for (uint32_t i = m->first; i < NRS_DAY_WORDS; i++)
        n += nrs_bits_count(m->bits[i]);
    return n;
}

/* Set minutes whose minute `lag` later is set too. */
static uint32_t matches_at(const struct minutes *m, unsigned lag)
{
    const uint64_t *ahead = m->bits + lag / 64;
    unsigned shift = lag % 64;
    uint64_t n = 0; /* by byte: at most 8 * NRS_DAY_WORDS = 184 each */

    for (uint32_t i = m->first; i < NRS_DAY_WORDS; i++)
        n += nrs_bits_by_byte(m->bits[i] & (ahead[i] >> shift | ahead[i + 1] << 1 << (63 - shift)));
    return nrs_bits_sum_bytes(n);
}

/* Best share of active minutes that meet another one period later: one minute earlier or later is as good
 * (the period is not a whole number of minutes), two periods are too (a check-in may fail). Lags above a
 * third of the span are left out. */
static uint16_t autocorrelation(const struct minutes *m, uint32_t active, uint32_t span, uint32_t period_ms)
{
    uint32_t period = (period_ms + 30000) / 60000, best = 0;
    uint32_t lags[4], n_lags = 0;

    period = period < 1 ? 1 : period > LAG_MAX / 2 ? LAG_MAX / 2 : period;
    lags[n_lags++] = period;
    lags[n_lags++] = period + 1;
    if (period > 1) {
        lags[n_lags++] = period - 1;
        lags[n_lags++] = 2 * period;
    }
    for (uint32_t i = 0; i < n_lags; i++) {
        uint32_t n = lags[i] * 3 <= span ? matches_at(m, lags[i]) : 0;

        best = n > best ? n : best;
    }
    return (uint16_t)nrs_share(best, active, 255, 255);
}

/* Minutes from the first to the last active one, both counted; there is one. */
static uint32_t active_span(const struct minutes *m)
{
    uint32_t low = m->first, high = NRS_DAY_WORDS - 1;

    while (!m->bits[low])
        low++;
    while (!m->bits[high])
        high--;
    return 64 * (high - low) + nrs_highest_bit(m->bits[high]) + 1 -
           nrs_bits_count(~m->bits[low] & (m->bits[low] - 1));
}

/* Hours of the window, counted from its first minute, with an active one. */
static uint32_t active_hours(const struct minutes *m, uint32_t window_min)
{
    uint32_t hours = 0;

    for (uint32_t at = NRS_DAY_MINUTES - window_min; at < NRS_DAY_MINUTES; at += 60) {
        const uint64_t *v = m->bits + at / 64;

        hours += ((v[0] >> at % 64 | v[1] << 1 << (63 - at % 64)) & UINT64_MAX >> 4) != 0; /* 60 bits */
    }
    return hours;
}

/* Failures are not kept by the hour for so long: those since first contact. */
static void count_week(const struct nrs_profile *p, uint32_t last, struct nrs_window_facts *facts)
{
    struct nrs_week_total week;

    nrs_day_add_up_week(p->day, last, &week);
    facts->n = week.n;
    facts->n_failed = p->dest->n_failed < week.n ? p->dest->n_failed : week.n;
    facts->hours = week.hours;
}

void nrs_features_fill(const struct nrs_profile *p, unsigned window, uint64_t now, uint16_t *x,
                       struct nrs_window_facts *facts)
{
    uint32_t last = (uint32_t)((now - 1) / 60000), window_h = nrs_window_s[window] / 3600;
    uint32_t window_min = window_h < 24 ? 60 * window_h : NRS_DAY_MINUTES; /* as far as there are minutes */
    uint32_t active, span;
    struct minutes m;
    struct nrs_day_total total;

    memcpy(x, p->x, sizeof p->x);
    cut_window(&m, p->minutes, window_min);
    nrs_day_add_up(p->day, last, window_min, &total);
    if (window == NRS_WINDOW_7D)
        count_week(p, last, facts);
    else
        *facts = (struct nrs_window_facts){total.n, total.n_failed, active_hours(&m, window_min)};
    active = count_minutes(&m);
    x[NRS_X_win] = (uint16_t)window;
    x[NRS_X_n] = (uint16_t)nrs_log2_q3(facts->n);
    x[NRS_X_hours] = (uint16_t)nrs_share(facts->hours, window_h, 255, 255);
    x[NRS_X_peak] = (uint16_t)total.peak;
    if (!active)
        return;
    span = active_span(&m);
    x[NRS_X_fill] = (uint16_t)nrs_share(active, span, 255, 255);
    x[NRS_X_span] = (uint16_t)nrs_share(span, window_min, 255, 255);
    x[NRS_X_acf] = autocorrelation(&m, active, span, p->visits.median_ms);
}
