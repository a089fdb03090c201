/* What UPX writes into an ELF file (its p_unix.h and p_lx_elf.cpp; numbers in the file's byte order):
 *
 *   file    = Ehdr Phdr* l_info p_info block* ... loader ... [section table] PackHeader p_info_at:u32
 *   l_info  = checksum:u32 "UPX!" size:u16 version:u8 format:u8
 *   p_info  = program:u32 file_size:u32 block_size:u32
 *   block   = plain:u32 packed:u32 method:u8 filter:u8 parameter:u8 zero:u8, then `packed` bytes
 *   PackHeader = "UPX!" version format method level u_adler:u32 c_adler:u32 u_len:u32 c_len:u32 file_size:u32
 *                filter parameter mru checksum:u8               checksum = sum of bytes 4..30 mod 251
 *
 * The first block unpacks to the original Ehdr and Phdrs, so its plain size is known but for their number. The loader
 * needs the blocks to start the program; magics, p_info, checksum and trailer it does not, so malware destroys those. */
#include <string.h>

#include "agent/scan/elf.h"
#include "agent/scan/reader.h"

#define L_INFO      12
#define P_INFO      12
#define BLOCK       12
#define PACK_HEADER 32
#define TRAILER     (PACK_HEADER + 4)
#define METHOD_MAX  15         /* 2..10 NRV, 14 LZMA, 15 deflate */
#define PLAIN_MAX   0x20000000 /* of one block */

struct upx {
    bool chain;       /* the blocks are there */
    bool magic;       /* l_info has its magic */
    bool sizes;       /* p_info is possible */
    uint32_t file_size; /* as p_info says */
};

static bool is_magic(const uint8_t *p)
{
    return memcmp(p, "UPX!", 4) == 0;
}

/* Reads l_info, p_info and the first two blocks around `at`, the place of p_info. */
static void look_at(struct nrs_scan *s, const struct nrs_elf *e, uint64_t at, struct upx *u)
{
    uint32_t ehdr = e->wide ? 64 : 52, phdr = e->wide ? 56 : 32, plain, packed, method;
    const uint8_t *p = at >= L_INFO ? nrs_reader_all(s, at - L_INFO, L_INFO + P_INFO + BLOCK) : NULL;

    memset(u, 0, sizeof *u);
    if (p == NULL)
        return;
    u->magic = is_magic(p + 4);
    u->file_size = nrs_elf_u32(e, p + L_INFO + 4);
    plain = nrs_elf_u32(e, p + L_INFO + 8); /* block_size */
    u->sizes = u->file_size > 0 && plain > 0 && plain <= u->file_size;
    plain = nrs_elf_u32(e, p + L_INFO + P_INFO);
    packed = nrs_elf_u32(e, p + L_INFO + P_INFO + 4);
    method = p[L_INFO + P_INFO + 8];
    if (plain <= ehdr || (plain - ehdr) % phdr != 0 || plain > ehdr + 64 * phdr || packed == 0 ||
        packed > plain || method < 2 || method > METHOD_MAX || p[L_INFO + P_INFO + 11] != 0)
        return;
    p = nrs_reader_all(s, at + P_INFO + BLOCK + packed, BLOCK);
    if (p == NULL)
        return;
    plain = nrs_elf_u32(e, p);
    packed = nrs_elf_u32(e, p + 4);
    u->chain = plain > 0 && plain <= PLAIN_MAX && packed > 0 && packed <= plain && packed <= s->in.size &&
               p[8] <= METHOD_MAX && p[11] == 0;
}

static bool checksum_fits(const uint8_t *header)
{
    unsigned sum = 0;

    for (unsigned i = 4; i < PACK_HEADER - 1; i++)
        sum += header[i];
    return sum % 251 == header[PACK_HEADER - 1];
}

enum nrs_upx_state nrs_upx_look(struct nrs_scan *s, const struct nrs_elf *e)
{
    uint64_t end = s->in.size, at = e->headers_end + L_INFO;
    uint8_t trailer[TRAILER];
    const uint8_t *p = end >= TRAILER ? nrs_reader_all(s, end - TRAILER, TRAILER) : NULL;
    bool header, points;
    struct upx u;

    if (p == NULL)
        return NRS_UPX_ABSENT;
    memcpy(trailer, p, TRAILER);
    header = is_magic(trailer) && checksum_fits(trailer);
    look_at(s, e, at, &u);
    points = nrs_elf_u32(e, trailer + PACK_HEADER) == at;
    if (!u.chain && header && !points) { /* formats that put l_info elsewhere */
        at = nrs_elf_u32(e, trailer + PACK_HEADER);
        look_at(s, e, at, &u);
        points = true;
    }
    if (!u.chain && !header && !u.magic)
        return NRS_UPX_ABSENT;
    if (u.magic && u.sizes && header && points && nrs_elf_u32(e, trailer + 24) == u.file_size)
        return NRS_UPX_INTACT;
    return NRS_UPX_TAMPERED;
}
