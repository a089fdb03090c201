#include "agent/core/intmath.h"

unsigned nrs_highest_bit(uint32_t v)
{
    unsigned bit = 0;

    for (unsigned step = 16; step; step >>= 1) {
        if (v >> step) {
            v >>= step;
            bit += step;
        }
    }
    return bit;
}

unsigned nrs_lowest_bit(uint32_t v)
{
    return v ? nrs_popcount32(~v & (v - 1)) : 0;
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

uint32_t nrs_mad(const uint32_t *v, size_t n, uint32_t median)
{
    uint32_t off[NRS_MAD_MAX];

    if (n > NRS_MAD_MAX)
        n = NRS_MAD_MAX;
    for (size_t i = 0; i < n; i++)
        off[i] = v[i] > median ? v[i] - median : median - v[i];
    nrs_sort_u32(off, n);
    return nrs_median_sorted(off, n);
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

unsigned nrs_popcount32(uint32_t v)
{
    v = v - ((v >> 1) & 0x55555555u);
    v = (v & 0x33333333u) + ((v >> 2) & 0x33333333u);
    return (((v + (v >> 4)) & 0x0f0f0f0fu) * 0x01010101u) >> 24;
}
