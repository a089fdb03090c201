#include "agent/core/gaps.h"

#include <string.h>

#include "agent/core/intmath.h"

/* Sorts times that may have wrapped: relative to the first one, shifted into the middle of the range. */
static void sort_times(uint32_t *t, size_t n)
{
    uint32_t shift = n ? t[0] - 0x80000000u : 0;

    for (size_t i = 0; i < n; i++)
        t[i] -= shift;
    nrs_sort_u32(t, n);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

static uint8_t share255(size_t part, size_t whole)
{
    return (uint8_t)nrs_share(part, whole, 255, 255);
}

static size_t count_near(const uint32_t *gap, size_t n, uint32_t median)
{
    size_t near = 0;

    for (size_t i = 0; i < n; i++)
        near += distance(gap[i], median) <= (uint64_t)median * 35 / 100;
    return near;
}

static size_t count_harmonic(const uint32_t *gap, size_t n, uint32_t base)
{
    size_t hits = 0;

    for (size_t i = 0; base && i < n; i++) {
        uint64_t k = (gap[i] + (uint64_t)base / 2) / base;

        hits += k >= 1 && k <= 3 && (gap[i] > k * base ? gap[i] - k * base : k * base - gap[i]) <= base / 10;
    }
    return hits;
}

static size_t longest_run(const uint32_t *gap, size_t n)
{
    size_t best = 1, run = 1;

    for (size_t i = 1; i < n; i++) {
        run = distance(gap[i], gap[i - 1]) <= gap[i - 1] / 5 ? run + 1 : 1;
        if (run > best)
            best = run;
    }
    return best;
}

/* The gaps of a sleep are drawn independently, so about half of them change sides. After a late start by
 * the clock the next gap is too short, so more do (two in three). People come in bouts, and fewer do. Fewer
 * than four pairs say nothing: 0, like a list of equal gaps. */
static uint8_t alternating(const uint32_t *starts, size_t n, uint32_t median)
{
    size_t pairs = 0, changed = 0;
    int before = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t gap = starts[i + 1] - starts[i];
        int side = (gap > median) - (gap < median);

        if (!side)
            continue;
        pairs += before != 0;
        changed += before == -side;
        before = side;
    }
    return pairs < 4 ? 0 : share255(changed, pairs);
}

/* (q1 + q3 - 2 median) / (q3 - q1), moved from -1..1 to 0..256. */
static uint16_t bowley(uint32_t q1, uint32_t median, uint32_t q3)
{
    uint64_t above = (uint64_t)q3 - median, width = (uint64_t)q3 - q1;

    return (uint16_t)(width ? above * 256 / width : 128);
}

void nrs_gaps_measure(struct nrs_gaps *g, uint32_t *starts_ms, size_t n)
{
    uint32_t gap[NRS_GAPS_MAX];
    size_t half, n_short = 0;

    memset(g, 0, sizeof *g);
    if (n > NRS_GAPS_MAX)
        n = NRS_GAPS_MAX;
    sort_times(starts_ms, n);
    if (n < 4)
        return;
    n--;
    for (size_t i = 0; i < n; i++) {
        gap[i] = starts_ms[i + 1] - starts_ms[i];
        n_short += gap[i] < 1000;
    }
    g->n = (uint32_t)n;
    g->run = share255(longest_run(gap, n), n);
    g->shorter = share255(n_short, n);
    nrs_sort_u32(gap, n);
    half = n / 2;
    g->median_ms = nrs_median_sorted(gap, n);
    g->q1_ms = nrs_median_sorted(gap, half);
    g->q3_ms = nrs_median_sorted(gap + (n - half), half);
    g->max_ms = gap[n - 1];
    g->mad_ms = nrs_mad_sorted(gap, n, g->median_ms);
    g->mad = g->median_ms ? (uint16_t)nrs_share(g->mad_ms, g->median_ms, 1024, 2047) : 2047;
    g->iqr = g->median_ms ? (uint16_t)nrs_share(g->q3_ms - g->q1_ms, g->median_ms, 256, 1023) : 1023;
    g->alternating = alternating(starts_ms, n, g->median_ms);
    g->skew = bowley(g->q1_ms, g->median_ms, g->q3_ms);
    g->near = g->median_ms ? share255(count_near(gap, n, g->median_ms), n) : 0;
    g->harmonic = share255(count_harmonic(gap, n, g->q1_ms), n);
}
