/* models/base/bytes.h - little-endian numbers out of and into byte buffers
 *
 * No alignment, no struct casts: the same bytes mean the same number on every target. The caller has
 * checked the length. */
#ifndef NRS_BYTES_H
#define NRS_BYTES_H
#include <stdint.h>

static inline uint16_t nrs_get_u16le(const uint8_t *p)
{
    return (uint16_t)(p[0] | (p[1] << 8));
}

static inline uint32_t nrs_get_u32le(const uint8_t *p)
{
    return (uint32_t)p[0] | ((uint32_t)p[1] << 8) | ((uint32_t)p[2] << 16) | ((uint32_t)p[3] << 24);
}

static inline uint64_t nrs_get_u64le(const uint8_t *p)
{
    return (uint64_t)nrs_get_u32le(p) | ((uint64_t)nrs_get_u32le(p + 4) << 32);
}

static inline void nrs_put_u16le(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void nrs_put_u32le(uint8_t *p, uint32_t v)
{
    nrs_put_u16le(p, (uint16_t)v);
    nrs_put_u16le(p + 2, (uint16_t)(v >> 16));
}

static inline void nrs_put_u64le(uint8_t *p, uint64_t v)
{
    nrs_put_u32le(p, (uint32_t)v);
    nrs_put_u32le(p + 4, (uint32_t)(v >> 32));
}

#endif
