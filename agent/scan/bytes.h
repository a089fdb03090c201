/* agent/scan/bytes.h - numbers of the formats that do not depend on a machine */
#ifndef NRS_SCAN_BYTES_H
#define NRS_SCAN_BYTES_H
#include <stdint.h>

static inline uint32_t nrs_le16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t nrs_le32(const uint8_t *p)
{
    return nrs_le16(p) | nrs_le16(p + 2) << 16;
}

static inline uint64_t nrs_le64(const uint8_t *p)
{
    return nrs_le32(p) | (uint64_t)nrs_le32(p + 4) << 32;
}

static inline uint32_t nrs_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t nrs_be64(const uint8_t *p)
{
    return (uint64_t)nrs_be32(p) << 32 | nrs_be32(p + 4);
}

#endif
