/* agent/core/bits.h - counting bits and bytes of a 64-bit word, without an instruction for it */
#ifndef NRS_BITS_H
#define NRS_BITS_H
#include <stdint.h>

#define NRS_BYTES UINT64_C(0x0101010101010101) /* one in every byte */

/* How many bits are set in each byte, 0..8. */
static inline uint64_t nrs_bits_by_byte(uint64_t v)
{
    v = v - (v >> 1 & 0x55 * NRS_BYTES);
    v = (v & 0x33 * NRS_BYTES) + (v >> 2 & 0x33 * NRS_BYTES);
    return (v + (v >> 4)) & 0x0f * NRS_BYTES;
}

/* The sum of all eight bytes: 0..2040. */
static inline uint32_t nrs_bits_sum_bytes(uint64_t v)
{
    v = (v & UINT64_C(0x00ff00ff00ff00ff)) + (v >> 8 & UINT64_C(0x00ff00ff00ff00ff));
    return (uint32_t)(v * UINT64_C(0x0001000100010001) >> 48);
}

static inline uint32_t nrs_bits_count(uint64_t v)
{
    return nrs_bits_sum_bytes(nrs_bits_by_byte(v));
}

#endif
