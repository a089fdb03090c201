#include "agent/scan/entropy.h"

#include <string.h>

#include "agent/core/intmath.h"
#include "agent/scan/reader.h"

/* round(2^12 * log2(1 + i / 32)) */
static const uint16_t log2_q12[33] = {0,    182,  358,  530,  696,  858,  1016, 1169, 1319, 1465, 1607,
                                      1746, 1882, 2015, 2145, 2272, 2396, 2518, 2637, 2754, 2869, 2982,
                                      3092, 3200, 3307, 3412, 3514, 3615, 3715, 3812, 3908, 4003, 4096};

/* log2 of v, 1..1024, interpolated. */
static uint32_t log2_of(uint32_t v)
{
    unsigned whole = nrs_highest_bit(v);
    uint32_t part = ((v << 10) >> whole) & 1023; /* the mantissa's fraction, of 1024 */
    uint32_t low = log2_q12[part / 32], high = log2_q12[part / 32 + 1];

    return (whole << 12) + low + (high - low) * (part % 32) / 32;
}

/* H = log2 n - (sum of c log2 c) / n; the sum is below 2^10 * 10 * 2^12. */
unsigned nrs_entropy(const uint8_t *p, unsigned n)
{
    uint16_t count[256];
    uint32_t sum = 0, bits_q12;

    if (n == 0)
        return 0;
    memset(count, 0, sizeof count);
    for (unsigned i = 0; i < n; i++)
        count[p[i]]++;
    for (unsigned i = 0; i < 256; i++)
        if (count[i] > 1)
            sum += count[i] * log2_of(count[i]);
    bits_q12 = log2_of(n) - sum / n;
    return bits_q12 / 128 > 255 ? 255 : bits_q12 / 128;
}

void nrs_entropy_sample(struct nrs_scan *s, uint64_t offset, uint64_t len, unsigned n_blocks,
                        struct nrs_entropy_samples *out)
{
    uint64_t stride = NRS_ENTROPY_BLOCK, room = len > NRS_ENTROPY_BLOCK ? len - NRS_ENTROPY_BLOCK : 0;
    unsigned sum = 0, n_dense = 0, n_seen = 0, run = 0, longest = 0;

    if (n_blocks > 1 && room / (n_blocks - 1) > stride)
        stride = room / (n_blocks - 1);
    for (unsigned i = 0; i < n_blocks && i * stride < len; i++) {
        uint64_t left = len - i * stride;
        uint32_t got;
        const uint8_t *p = nrs_reader_some(
            s, offset + i * stride, left < NRS_ENTROPY_BLOCK ? (uint32_t)left : NRS_ENTROPY_BLOCK, &got);
        unsigned entropy = nrs_entropy(p, got);

        if (got == 0 || (n_seen > 0 && got < NRS_ENTROPY_BLOCK / 4))
            break; /* the end of the file, or too small a rest to say anything */
        n_seen++;
        sum += entropy;
        run = entropy >= NRS_ENTROPY_DENSE ? run + 1 : 0;
        n_dense += run > 0;
        longest = run > longest ? run : longest;
    }
    out->mean = (uint8_t)(n_seen > 0 ? sum / n_seen : 0);
    out->n_dense = (uint8_t)n_dense;
    out->dense = (uint8_t)nrs_share(n_dense, n_seen, 255, 255);
    out->run_kib = longest > 0 ? (uint32_t)(((longest - 1) * stride + NRS_ENTROPY_BLOCK) / 1024) : 0;
}
