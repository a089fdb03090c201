/* platform/packet/bytes_be.h - big-endian numbers out of packets; the caller has checked the length */
#ifndef NRS_BYTES_BE_H
#define NRS_BYTES_BE_H
#include <stdint.h>

static inline uint16_t nrs_get_u16be(const uint8_t *p)
{
    return (uint16_t)((p[0] << 8) | p[1]);
}

static inline uint32_t nrs_get_u32be(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | (uint32_t)p[3];
}

#endif
