/* What UPX writes into an ELF file (its p_unix.h and p_lx_elf.cpp; numbers in the file's byte order):
 *
 *   file    = Ehdr Phdr* l_info p_info block* ... loader ... [section table] PackHeader p_info_at:u32
 *   l_info  = checksum:u32 magic size:u16 version:u8 format:u8     magic = "UPX!", of format execve "\x7fUPX"
 *   p_info  = program:u32 file_size:u32 block_size:u32
 *   block   = plain:u32 packed:u32 method:u8 filter:u8 parameter:u8 zero:u8, then `packed` bytes
 *   PackHeader = "UPX!" version format method level u_adler:u32 c_adler:u32 u_len:u32 c_len:u32 file_size:u32
 *                filter parameter mru checksum:u8               checksum = sum of bytes 4..30 mod 251
 *
 * The first block unpacks to the original Ehdr and Phdrs, so its plain size is known but for their number;
 * format execve has one block, and one of size 0 after it; libraries of UPX 3 have no block of headers. In
 * libraries l_info is further on, and the trailer or (UPX 4) the word before the start says where. The
 * loader needs the blocks to start the program; magics, p_info, checksum and trailer it does not, so
 * malware destroys those. */
#include <string.h>

#include "agent/scan/upx.h"
#include "agent/scan/entropy.h"
#include "agent/scan/reader.h"

#define L_INFO      12
#define P_INFO      12
#define BLOCK       12
#define PACK_HEADER 32
#define TRAILER     (PACK_HEADER + 4)
#define METHOD_MAX  15         /* 0 stored, 2..10 NRV, 14 LZMA, 15 deflate */
#define PLAIN_MAX   0x20000000 /* of one block */
#define LONE_LEAST  512        /* packed bytes of a block that has to speak for itself */

struct upx {
    bool chain;         /* the blocks are there */
    bool block;         /* the first of them may be; version and format are those of the trailer */
    bool magic;         /* l_info has its magic */
    bool sizes;         /* p_info is possible */
    uint32_t file_size; /* as p_info says */
};

struct block {
    uint32_t plain, packed;
    bool possible;
};

static bool is_magic(const uint8_t *p)
{
    return memcmp(p, "UPX!", 4) == 0;
}

static struct block read_block(const struct nrs_scan *s, const struct nrs_elf *e, const uint8_t *p)
{
    struct block b = {.plain = nrs_elf_u32(e, p), .packed = nrs_elf_u32(e, p + 4)};
    bool method = p[8] == 0 ? b.packed == b.plain : p[8] >= 2 && p[8] <= METHOD_MAX;

    b.possible = b.plain > 0 && b.plain <= PLAIN_MAX && b.packed > 0 && b.packed <= b.plain &&
                 b.packed <= s->in.size && method && p[11] == 0;
    return b;
}

static bool is_headers(const struct nrs_elf *e, uint32_t plain)
{
    uint32_t ehdr = e->wide ? 64 : 52, phdr = e->wide ? 56 : 32;

    return plain > ehdr && plain <= ehdr + 64 * phdr && (plain - ehdr) % phdr == 0;
}

/* A block whose plain size says nothing: its bytes have to be compressed. Right after the headers of
 * ordinary files there are short notes that look like blocks. */
static bool is_compressed(struct nrs_scan *s, uint64_t at, const struct block *b)
{
    uint32_t got;
    const uint8_t *p;

    if (b->packed < LONE_LEAST || b->packed == b->plain)
        return false;
    p = nrs_reader_some(s, at, b->packed < NRS_ENTROPY_BLOCK ? b->packed : NRS_ENTROPY_BLOCK, &got);
    return nrs_entropy(p, got) >= NRS_ENTROPY_DENSE - 16; /* half a bit less for short blocks */
}

/* Reads l_info, p_info and the first two blocks around `at`, the place of p_info. */
static void look_at(struct nrs_scan *s, const struct nrs_elf *e, uint64_t at, const uint8_t *trailer,
                    struct upx *u)
{
    const uint8_t *p = at >= L_INFO ? nrs_reader_all(s, at - L_INFO, L_INFO + P_INFO + BLOCK) : NULL;
    struct block first, second;
    uint32_t block_size;
    bool same_format, lone;

    memset(u, 0, sizeof *u);
    if (p == NULL)
        return;
    u->magic = is_magic(p + 4) || memcmp(p + 4, "\x7fUPX", 4) == 0;
    u->file_size = nrs_elf_u32(e, p + L_INFO + 4);
    block_size = nrs_elf_u32(e, p + L_INFO + 8);
    u->sizes = u->file_size > 0 && block_size > 0 && block_size <= u->file_size;
    first = read_block(s, e, p + L_INFO + P_INFO);
    same_format = p[10] != 0 && p[11] != 0 && memcmp(p + 10, trailer + 4, 2) == 0;
    lone = first.possible && !is_headers(e, first.plain) && is_compressed(s, at + P_INFO + BLOCK, &first);
    u->block = first.possible && first.packed >= LONE_LEAST && same_format;
    if (!lone && !(first.possible && is_headers(e, first.plain)))
        return;
    p = nrs_reader_all(s, at + P_INFO + BLOCK + first.packed, BLOCK);
    if (p == NULL)
        return;
    second = read_block(s, e, p);
    u->chain = lone ? second.plain == 0 : second.possible;
}

/* Of a PackHeader; one that is all zeroes has the right sum as well. */
static bool checksum_fits(const uint8_t *header)
{
    unsigned sum = 0;

    for (unsigned i = 4; i < PACK_HEADER - 1; i++)
        sum += header[i];
    return header[4] != 0 && sum % 251 == header[PACK_HEADER - 1];
}

/* The last PackHeader with a valid checksum in the last 4 KiB, and the word after it (zero if it is cut
 * off): bytes may have been appended. Without one the last bytes of the file, which may be a PackHeader
 * whose magic was destroyed. */
static bool read_trailer(struct nrs_scan *s, uint8_t trailer[TRAILER])
{
    uint64_t tail_at = s->in.size > NRS_SCAN_PIECE ? s->in.size - NRS_SCAN_PIECE : 0;
    uint32_t got;
    const uint8_t *p = nrs_reader_some(s, tail_at, NRS_SCAN_PIECE, &got);

    memset(trailer, 0, TRAILER);
    for (uint32_t end = got; end >= PACK_HEADER; end--) {
        const uint8_t *header = p + end - PACK_HEADER;

        if (is_magic(header) && checksum_fits(header)) {
            memcpy(trailer, header, end + TRAILER - PACK_HEADER > got ? PACK_HEADER : TRAILER);
            return true;
        }
    }
    if (got >= TRAILER)
        memcpy(trailer, p + got - TRAILER, TRAILER);
    return false;
}

static bool ends_with(struct nrs_scan *s, const uint8_t trailer[TRAILER])
{
    const uint8_t *p = s->in.size >= TRAILER ? nrs_reader_all(s, s->in.size - TRAILER, TRAILER) : NULL;

    return p != NULL && memcmp(p, trailer, TRAILER) == 0;
}

/* Where p_info is if the chain of blocks is found there: after the headers, where the trailer points,
 * where the word before the start points. */
static uint64_t find_chain(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start,
                           const uint8_t *trailer, bool header, struct upx *u)
{
    const uint8_t *p = start >= 4 ? nrs_reader_all(s, start - 4, 4) : NULL;
    const uint64_t at[3] = {e->headers_end + L_INFO, p != NULL ? (uint64_t)nrs_elf_u32(e, p) + L_INFO : 0,
                            nrs_elf_u32(e, trailer + PACK_HEADER)};

    for (unsigned i = 0; i < 3; i++) {
        look_at(s, e, at[i], trailer, u);
        if (u->chain)
            return at[i];
    }
    if (header && u->magic &&
        u->sizes) /* a first block too short to speak for itself, and a header that does */
        return at[2];
    if (u->block) { /* where the trailer points */
        u->chain = true;
        return at[2];
    }
    look_at(s, e, at[0], trailer, u);
    return at[0];
}

enum nrs_upx_state nrs_upx_look(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start)
{
    uint8_t trailer[TRAILER];
    bool header = read_trailer(s, trailer), at_end = header && ends_with(s, trailer);
    struct upx u;
    uint64_t at = find_chain(s, e, start, trailer, header, &u);

    if (e->incomplete)
        return !u.chain ? NRS_UPX_ABSENT : u.magic && u.sizes ? NRS_UPX_INTACT : NRS_UPX_TAMPERED;
    if (!u.chain && !at_end && !u.magic)
        return NRS_UPX_ABSENT;
    if (u.magic && u.sizes && at_end && !e->odd_ident && nrs_elf_u32(e, trailer + PACK_HEADER) == at &&
        nrs_elf_u32(e, trailer + 24) == u.file_size)
        return NRS_UPX_INTACT;
    return NRS_UPX_TAMPERED;
}
