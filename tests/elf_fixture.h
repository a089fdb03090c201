/* tests/elf_fixture.h - small ELF files made in memory, and the scanner's view of them
 *
 * Written from the System V ABI and shares no code with agent/scan. Fields may be overwritten afterwards. */
#ifndef NRS_TEST_ELF_FIXTURE_H
#define NRS_TEST_ELF_FIXTURE_H
#include <string.h>

#include "agent/scan/scan.h"
#include "models/packer_schema.h"

#define ELF_IMAGE_MAX 65536

struct elf_image {
    uint8_t bytes[ELF_IMAGE_MAX];
    size_t len;
    bool wide, big;
    unsigned n_segments;
};

static inline void elf_put(struct elf_image *f, size_t at, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        f->bytes[at + i] = (uint8_t)(v >> 8 * (f->big ? n - 1 - i : i));
}

static inline unsigned elf_word(const struct elf_image *f)
{
    return f->wide ? 8 : 4;
}

/* Ehdr with no segments and no sections; the file has `len` bytes of zeroes behind it. */
static inline void elf_begin(struct elf_image *f, bool wide, bool big, unsigned machine, unsigned type, size_t len)
{
    unsigned w = wide ? 8 : 4, tail = 24 + 3 * w;

    memset(f, 0, sizeof *f);
    f->wide = wide;
    f->big = big;
    f->len = len;
    memcpy(f->bytes, "\x7f" "ELF", 4);
    f->bytes[4] = wide ? 2 : 1;
    f->bytes[5] = big ? 2 : 1;
    f->bytes[6] = 1;
    elf_put(f, 16, type, 2);
    elf_put(f, 18, machine, 2);
    elf_put(f, 20, 1, 4);
    elf_put(f, 24 + w, wide ? 64 : 52, w);
    elf_put(f, tail + 4, wide ? 64 : 52, 2);
    elf_put(f, tail + 6, wide ? 56 : 32, 2);
    elf_put(f, tail + 10, wide ? 64 : 40, 2);
}

static inline void elf_entry(struct elf_image *f, uint64_t entry)
{
    elf_put(f, 24, entry, elf_word(f));
}

static inline void elf_sections(struct elf_image *f, uint64_t at, unsigned n)
{
    elf_put(f, 24 + 2 * elf_word(f), at, elf_word(f));
    elf_put(f, 24 + 3 * elf_word(f) + 12, n, 2);
}

static inline size_t elf_headers_end(const struct elf_image *f)
{
    return (f->wide ? 64u : 52u) + f->n_segments * (f->wide ? 56u : 32u);
}

static inline void elf_segment(struct elf_image *f, uint32_t type, unsigned rights, uint64_t offset, uint64_t vaddr,
                               uint64_t n_file, uint64_t n_memory)
{
    size_t at = elf_headers_end(f), first = at + elf_word(f);
    unsigned w = elf_word(f);

    elf_put(f, at, type, 4);
    elf_put(f, f->wide ? at + 4 : at + 24, rights, 4);
    elf_put(f, first, offset, w);
    elf_put(f, first + w, vaddr, w);
    elf_put(f, first + 3 * w, n_file, w);
    elf_put(f, first + 4 * w, n_memory, w);
    f->n_segments++;
    elf_put(f, 24 + 3 * w + 8, f->n_segments, 2);
}

/* xorshift32: bytes that look encrypted. */
static inline void elf_noise(uint8_t *p, size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        p[i] = (uint8_t)(seed >> 11);
    }
}

/* Code, read-only data and data of an ordinary dynamic program; code repeats eight instructions. */
static inline void elf_ordinary(struct elf_image *f, bool wide, bool big, unsigned machine)
{
    elf_begin(f, wide, big, machine, 3, 24000);
    elf_segment(f, 3, 4, 0x200, 0x200, 16, 16);
    elf_segment(f, 1, 4, 0, 0, 0x1000, 0x1000);
    elf_segment(f, 1, 5, 0x1000, 0x1000, 0x2000, 0x2000);
    elf_segment(f, 1, 6, 0x3000, 0x4000, 0x800, 0x1800);
    elf_segment(f, 0x6474e551u, 6, 0, 0, 0, 0);
    elf_entry(f, 0x1100);
    elf_sections(f, 20000, 20);
    for (unsigned i = 0; i < 0x2000; i++)
        f->bytes[0x1000 + i] = (uint8_t)(i % 32 * 7);
}

/* Built like UPX 4 does: a blank writable segment, then everything in one that ends with the loader. */
static inline void elf_like_upx(struct elf_image *f, bool wide, bool big, unsigned machine)
{
    size_t at, plain = wide ? 64 + 7 * 56 : 52 + 7 * 32, sum = 0;

    elf_begin(f, wide, big, machine, 2, 6000);
    elf_segment(f, 1, 6, 0, 0x400000, 0x1000, 0x20000);
    elf_segment(f, 1, 5, 0, 0x420000, 5500, 5500);
    elf_entry(f, 0x420000 + 5000);
    elf_noise(f->bytes + elf_headers_end(f), 5500 - elf_headers_end(f), 4711);
    at = elf_headers_end(f);
    memcpy(f->bytes + at + 4, "UPX!", 4);
    elf_put(f, at + 12, 0, 4);
    elf_put(f, at + 16, 50000, 4);
    elf_put(f, at + 20, 50000, 4);
    elf_put(f, at + 24, plain, 4);
    elf_put(f, at + 28, 200, 4);
    memcpy(f->bytes + at + 32, "\x08\0\0\0", 4);
    elf_put(f, at + 36 + 200, 40000, 4);
    elf_put(f, at + 36 + 204, 4000, 4);
    memcpy(f->bytes + at + 36 + 208, "\x08\0\0\0", 4);
    memcpy(f->bytes + f->len - 36, "UPX!\x0d\x16\x08\x09", 8);
    elf_put(f, f->len - 36 + 24, 50000, 4);
    for (size_t i = f->len - 32; i < f->len - 5; i++)
        sum += f->bytes[i];
    f->bytes[f->len - 5] = (uint8_t)(sum % 251);
    elf_put(f, f->len - 4, at + 12, 4);
}

struct scan_bytes {
    const uint8_t *p;
    size_t len;
    uint64_t n_read;
    unsigned n_calls;
};

static inline int scan_read(void *arg, uint64_t offset, void *buf, size_t len)
{
    struct scan_bytes *b = arg;
    size_t left = offset < b->len ? b->len - (size_t)offset : 0;

    if (len > left)
        len = left;
    memcpy(buf, b->p + (left ? offset : 0), len);
    b->n_read += len;
    b->n_calls++;
    return (int)len;
}

static inline int scan_look(const uint8_t *p, size_t len, struct nrs_scan_facts *facts)
{
    static struct nrs_scan scan;
    struct scan_bytes bytes = {p, len, 0, 0};
    const struct nrs_scan_input in = {scan_read, &bytes, len};

    return nrs_scan_look(&scan, &in, facts);
}

#endif
