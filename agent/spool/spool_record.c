#include "agent/spool/spool_record.h"

#include <string.h>

#include "models/base/bytes.h"

static const uint8_t magic[4] = {0xf5, 'n', 'r', 0xff};

uint32_t nrs_crc32(uint32_t crc, const uint8_t *bytes, size_t len)
{
    /* The remainders of 0..15: half a byte at a time, 64 bytes of table instead of 1,024. */
    static const uint32_t nibble[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ nibble[crc & 15];
        crc = (crc >> 4) ^ nibble[crc & 15];
    }
    return ~crc;
}

static uint32_t record_crc(const uint8_t *head, const uint8_t *payload, size_t len)
{
    return nrs_crc32(nrs_crc32(0, head + 4, 12), payload, len);
}

static void write_head(uint8_t *head, uint64_t seq, unsigned flags, const uint8_t *payload, size_t len)
{
    memcpy(head, magic, sizeof magic);
    nrs_put_u16le(head + 4, (uint16_t)len);
    nrs_put_u16le(head + 6, (uint16_t)flags);
    nrs_put_u64le(head + 8, seq);
    nrs_put_u32le(head + 16, record_crc(head, payload, len));
}

size_t nrs_record_write(uint8_t *out, uint64_t seq, unsigned flags, const void *payload, size_t len)
{
    memcpy(out + NRS_RECORD_HEAD, payload, len);
    write_head(out, seq, flags, payload, len);
    return NRS_RECORD_HEAD + len;
}

void nrs_record_set_flags(uint8_t head[NRS_RECORD_HEAD], const struct nrs_record *r, unsigned flags)
{
    write_head(head, r->seq, flags, r->payload, r->len);
}

/* Whether a whole record starts at p. */
static bool record_at(const uint8_t *p, size_t left, struct nrs_record *r)
{
    if (left <= NRS_RECORD_HEAD || memcmp(p, magic, sizeof magic) != 0)
        return false;
    r->len = nrs_get_u16le(p + 4);
    if (r->len == 0 || r->len > NRS_RECORD_PAYLOAD_MAX || r->len > left - NRS_RECORD_HEAD)
        return false;
    r->flags = nrs_get_u16le(p + 6);
    r->seq = nrs_get_u64le(p + 8);
    r->payload = p + NRS_RECORD_HEAD;
    return record_crc(p, r->payload, r->len) == nrs_get_u32le(p + 16);
}

bool nrs_record_next(const uint8_t *bytes, size_t len, size_t *at, struct nrs_record *r)
{
    struct nrs_record found;
    size_t i = *at;

    while (i < len) {
        if (!record_at(bytes + i, len - i, &found)) {
            i++;
            continue;
        }
        i += NRS_RECORD_HEAD + found.len;
        if (found.seq > r->seq) {
            *r = found;
            *at = i;
            return true;
        }
    }
    return false;
}
