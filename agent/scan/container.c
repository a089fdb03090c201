/* Containers that begin with their magic. Numbers are little-endian unless said otherwise.
 *
 *   gzip      1f 8b 08 flags ... deflate ... crc:u32 size:u32                       (RFC 1952, RFC 1951)
 *   xz        fd "7zXZ" 00 flags:u16 crc:u32 ... size:u32 flags:u16 "YZ"     (The .xz File Format, 2.1.1)
 *   bzip2     "BZh" level "1AY&SY"
 *   zstd      28 b5 2f fd descriptor ... blocks, each with 3 bytes of length         (RFC 8878, 3.1.1)
 *   lz4       04 22 4d 18 flags block ... blocks, each with 4 bytes of length        (LZ4 Frame Format 1.6.3)
 *   7z        "7z" bc af 27 1c 0 minor crc:u32 offset:u64 size:u64                   (7zFormat.txt)
 *   squashfs  "hsqs" ... block_size:u32 at 12, log at 22, bytes_used:u64 at 40
 *   erofs     e0f5e1e2 at 1024, log of the block size at 12, blocks:u32 at 36
 *   rar       "Rar!" 1a 07 00, then a header of 13 bytes and type 0x73; or 1a 07 01 00
 *   cpio      "070701" or "070702", then hexadecimal digits
 *   ar        "!<arch>\n", then a header of 60 bytes that ends in "`\n"
 *   dwarfs    "DWARFS" major minor, number:u32 at 48, length:u64 at 56
 *   nuitka    "KAY", then a zstd frame
 *   deno      "d3n0l4nd" length:u64 "{"
 *
 * End records (zip and others): container_end.c. */
#include "agent/scan/container.h"

#include <string.h>

#include "agent/scan/bytes.h"
#include "agent/scan/container_parts.h"
#include "agent/scan/reader.h"

#define HEAD          128  /* bytes of a container that are looked at first */
#define BLOCKS_MAX    8    /* blocks that are followed */
#define GZIP_NAME_MAX 2048 /* extra field, name and comment */
#define EROFS_AT      1024 /* the super block */
#define EROFS_MAGIC   0xe0f5e1e2u
#define SLACK         4096 /* file systems are padded to pages */

/* What is looked at: `n` bytes of the container at `at`, of `left` bytes up to the end of the file. */
struct head {
    uint64_t at, left;
    uint32_t n;
    uint8_t p[HEAD];
};

/* Follows blocks from `at` on, each with a length of `width` bytes before it. */
static bool follow(struct nrs_scan *s, uint64_t at, unsigned width, uint32_t (*length)(const uint8_t *))
{
    for (unsigned i = 0; i < BLOCKS_MAX && at < s->in.size; i++) {
        const uint8_t *p = nrs_reader_all(s, at, width);
        uint32_t n = p != NULL ? length(p) : UINT32_MAX;

        if (n == UINT32_MAX || n > s->in.size - at - width)
            return false;
        if (n == 0)
            return true;
        at += width + n;
    }
    return true;
}

/* last:1 type:2 size:21; after the last block nothing is followed, 0 */
static uint32_t zstd_length(const uint8_t *p)
{
    uint32_t v = nrs_le16(p) | (uint32_t)p[2] << 16, size = v >> 3, type = v >> 1 & 3;

    if (type == 3 || size > 128 * 1024)
        return UINT32_MAX;
    return v & 1 ? 0 : type == 1 ? 1 : size;
}

static bool zstd_fits(struct nrs_scan *s, uint64_t at, const uint8_t *p)
{
    static const uint8_t content[4] = {0, 2, 4, 8}, dictionary[4] = {0, 1, 2, 4};
    bool single = (p[4] & 0x20) != 0;
    unsigned header =
        5u + !single + dictionary[p[4] & 3] + (p[4] >> 6 == 0 ? (unsigned)single : content[p[4] >> 6]);

    return memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0 && (p[4] & 8) == 0 && follow(s, at + header, 3, zstd_length);
}

static bool is_zstd(struct nrs_scan *s, struct head *h)
{
    return zstd_fits(s, h->at, h->p);
}

static bool is_nuitka(struct nrs_scan *s, struct head *h)
{
    return zstd_fits(s, h->at + 3, h->p + 3);
}

static uint32_t lz4_length(const uint8_t *p)
{
    uint32_t size = nrs_le32(p) & 0x7fffffff;

    return size > 4 * 1024 * 1024 + 64 ? UINT32_MAX : size;
}

static bool is_lz4(struct nrs_scan *s, struct head *h)
{
    unsigned header = 7u + (h->p[4] & 8 ? 8u : 0u) + (h->p[4] & 1 ? 4u : 0u);
    bool flags = h->p[4] >> 6 == 1 && (h->p[4] & 2) == 0 && (h->p[5] & 0x8f) == 0 && h->p[5] >> 4 >= 4;

    return flags && (h->p[4] & 0x10) == 0 && follow(s, h->at + header, 4, lz4_length);
}

/* Bits of deflate, the lowest first. */
static unsigned take_bits(const uint8_t *p, unsigned *at, unsigned n)
{
    unsigned v = 0;

    for (unsigned i = 0; i < n; i++, (*at)++)
        v |= ((unsigned)p[*at / 8] >> *at % 8 & 1u) << i;
    return v;
}

/* The first block: stored with its length twice, or with codes of its own, the first of which has to be
 * complete. No compressor writes fixed codes for what is as long as this. */
static bool deflate_begins(const uint8_t *p)
{
    unsigned at = 1, type = take_bits(p, &at, 2), n_literal, n_distance, n_code, sum = 0;

    if (type == 0)
        return (nrs_le16(p + 1) ^ nrs_le16(p + 3)) == 0xffff;
    if (type != 2)
        return false;
    n_literal = take_bits(p, &at, 5);
    n_distance = take_bits(p, &at, 5);
    n_code = take_bits(p, &at, 4) + 4;
    for (unsigned i = 0; i < n_code; i++) {
        unsigned length = take_bits(p, &at, 3);

        sum += length > 0 ? 128u >> length : 0;
    }
    return n_literal <= 29 && n_distance <= 29 && sum == 128;
}

/* Skips a text that ends in NUL. */
static uint32_t after_text(const uint8_t *p, uint32_t at, uint32_t n)
{
    while (at < n && p[at] != '\0')
        at++;
    return at + 1;
}

static bool is_gzip(struct nrs_scan *s, struct head *h)
{
    uint32_t got, at = 10;
    const uint8_t *p = nrs_reader_some(s, h->at, GZIP_NAME_MAX, &got);

    if (got < 32 || (p[3] & 0xe0) != 0)
        return false;
    if (p[3] & 4)
        at += 2u + nrs_le16(p + at);
    if (p[3] & 8)
        at = after_text(p, at, got);
    if (p[3] & 16)
        at = after_text(p, at, got);
    at += p[3] & 2 ? 2 : 0;
    return at + 16 <= got && deflate_begins(p + at);
}

static bool is_xz(struct nrs_scan *s, struct head *h)
{
    const uint8_t *p = s->in.size >= 12 ? nrs_reader_all(s, s->in.size - 4, 4) : NULL;

    return h->p[5] == 0 && h->p[6] == 0 && h->p[7] < 16 && p != NULL && p[0] == 0 && p[1] == h->p[7] &&
           memcmp(p + 2, "YZ", 2) == 0;
}

static bool is_bzip2(struct nrs_scan *s, struct head *h)
{
    (void)s;
    return h->p[3] >= '1' && h->p[3] <= '9' && memcmp(h->p + 4, "1AY&SY", 6) == 0;
}

/* A container that says its length: how much of the rest it is. */
static bool ends_at(struct head *h, uint64_t length, uint64_t slack)
{
    if (length > h->left + slack)
        return false;
    h->left = length + slack < h->left ? length + slack : h->left;
    return true;
}

static bool is_7z(struct nrs_scan *s, struct head *h)
{
    uint64_t offset = nrs_le64(h->p + 12), length = nrs_le64(h->p + 20);

    (void)s;
    return memcmp(h->p + 4, "\x27\x1c\0", 3) == 0 && length > 0 && offset < h->left && length < h->left &&
           32 + offset + length <= h->left && ends_at(h, 32 + offset + length, 0);
}

static bool is_squashfs(struct nrs_scan *s, struct head *h)
{
    uint32_t block_size = nrs_le32(h->p + 12);

    (void)s;
    return nrs_le16(h->p + 22) >= 12 && nrs_le16(h->p + 22) <= 20 &&
           block_size == 1u << nrs_le16(h->p + 22) && nrs_le16(h->p + 28) == 4 && nrs_le64(h->p + 40) > 96 &&
           ends_at(h, nrs_le64(h->p + 40), SLACK);
}

static bool is_ar(struct nrs_scan *s, struct head *h)
{
    (void)s;
    return memcmp(h->p, "!<arch>\n", 8) == 0 && memcmp(h->p + 66, "`\n", 2) == 0;
}

static bool is_rar(struct nrs_scan *s, struct head *h)
{
    (void)s;
    if (memcmp(h->p + 4, "\x1a\7\1\0", 4) == 0)
        return h->p[12] > 0 && h->p[12] < 128 &&
               (h->p[13] == 1 || h->p[13] == 4); /* main or encryption header */
    return memcmp(h->p + 4, "\x1a\7\0", 3) == 0 && h->p[9] == 0x73 && nrs_le16(h->p + 12) == 13;
}

static bool is_cpio(struct nrs_scan *s, struct head *h)
{
    (void)s;
    if (h->p[5] != '1' && h->p[5] != '2')
        return false;
    for (unsigned i = 6; i < 110; i++)
        if (!((h->p[i] >= '0' && h->p[i] <= '9') || ((h->p[i] | 32) >= 'a' && (h->p[i] | 32) <= 'f')))
            return false;
    return true;
}

static bool is_dwarfs(struct nrs_scan *s, struct head *h)
{
    (void)s;
    return h->p[6] <= 9 && nrs_le32(h->p + 48) == 0 && nrs_le16(h->p + 52) < 32 && nrs_le16(h->p + 54) < 16 &&
           nrs_le64(h->p + 56) < h->left - 64;
}

static bool is_deno(struct nrs_scan *s, struct head *h)
{
    (void)s;
    return nrs_le64(h->p + 8) < h->left && h->p[16] == '{';
}

static bool is_erofs(struct nrs_scan *s, struct head *h)
{
    const uint8_t *p = nrs_reader_all(s, h->at + EROFS_AT, 64);

    return p != NULL && nrs_le32(p) == EROFS_MAGIC && p[12] >= 9 && p[12] <= 16 &&
           ends_at(h, (uint64_t)nrs_le32(p + 36) << p[12], SLACK);
}

static const struct {
    const char *magic;
    bool (*fits)(struct nrs_scan *, struct head *);
} formats[] = {{"\x1f\x8b\x08", is_gzip},
               {"\xfd"
                "7zX",
                is_xz},
               {"BZh", is_bzip2},
               {"\x28\xb5\x2f\xfd", is_zstd},
               {"7z\xbc\xaf", is_7z},
               {"hsqs", is_squashfs},
               {"!<ar", is_ar},
               {"\x04\x22\x4d\x18", is_lz4},
               {"Rar!", is_rar},
               {"07070", is_cpio},
               {"DWARFS", is_dwarfs},
               {"KAY", is_nuitka},
               {"d3n0l4nd", is_deno},
               {"", is_erofs}};

bool nrs_container_look(struct nrs_scan *s, uint64_t at, struct nrs_container *c)
{
    struct head h = {.at = at, .left = s->in.size - at, .n = HEAD};
    const uint8_t *p = nrs_reader_all(s, at, HEAD);

    if (p == NULL)
        return false;
    memcpy(h.p, p, HEAD);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (memcmp(h.p, formats[i].magic, strlen(formats[i].magic)) == 0 && formats[i].fits(s, &h)) {
            *c = (struct nrs_container){at, at + h.left};
            return true;
        }
    return nrs_container_end_look(s, at, c);
}
