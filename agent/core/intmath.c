#include "agent/core/intmath.h"

unsigned nrs_highest_bit(uint64_t v)
{
    return v ? 63u - (unsigned)__builtin_clzll(v) : 0;
}

unsigned nrs_log2_q3(uint32_t v)
{
    unsigned bit;

    if (v < 2)
        return 0;
    bit = nrs_highest_bit(v);
    return bit * 8 + ((bit >= 3 ? v >> (bit - 3) : v << (3 - bit)) & 7);
}

uint32_t nrs_share(uint64_t a, uint64_t b, uint32_t unit, uint32_t cap)
{
    uint64_t q;

    if (!b)
        return 0;
    if (a > UINT64_MAX / unit)
        return cap;
    q = a * unit / b;
    return q > cap ? cap : (uint32_t)q;
}

/* Below 2,048 the value itself; above, exponent * 2,048 + 11 bits after the leading one. */
uint16_t nrs_code16(uint64_t v)
{
    uint32_t w = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
    unsigned bit;

    if (w < 2048)
        return (uint16_t)w;
    bit = nrs_highest_bit(w);
    return (uint16_t)((bit - 10) * 2048 + ((w >> (bit - 11)) & 2047));
}

uint32_t nrs_code16_value(uint16_t code)
{
    unsigned exponent = code / 2048;

    if (!exponent)
        return code;
    return (uint32_t)((2048u + code % 2048) << (exponent - 1));
}

void nrs_sort_u32(uint32_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t x = v[i];
        size_t j = i;

        for (; j && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

uint32_t nrs_median_sorted(const uint32_t *v, size_t n)
{
    if (!n)
        return 0;
    if (n & 1)
        return v[n / 2];
    return v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

/* The deviations grow from the middle to both ends: merging the two sides yields them in order, so the median
 * is reached after half of them. */
uint32_t nrs_mad_sorted(const uint32_t *v, size_t n, uint32_t median)
{
    size_t right = n / 2, left = right; /* next ones: v[right] and v[left - 1] */
    uint32_t off = 0, before = 0;

    if (!n)
        return 0;
    for (size_t i = 0; i <= n / 2; i++) {
        before = off;
        if (left == 0 || (right < n && v[right] - median <= median - v[left - 1]))
            off = v[right++] - median;
        else
            off = median - v[--left];
    }
    return n & 1 ? off : before + (off - before) / 2;
}

size_t nrs_mode_count_sorted(const uint32_t *v, size_t n)
{
    size_t best = 0, run = 0;

    for (size_t i = 0; i < n; i++) {
        run = i && v[i] == v[i - 1] ? run + 1 : 1;
        if (run > best)
            best = run;
    }
    return best;
}
