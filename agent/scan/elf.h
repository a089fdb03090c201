/* agent/scan/elf.h - what the files that read ELF share
 *
 * Class and byte order are those that the kernel would use: it goes by e_machine and the entry size of the segment
 * table and ignores what e_ident says, which malware therefore writes wrongly. */
#ifndef NRS_SCAN_ELF_H
#define NRS_SCAN_ELF_H
#include "agent/scan/scan.h"

#define NRS_ELF_LOADS_MAX 16 /* load segments kept; more are only counted */

struct nrs_elf_load {
    uint64_t offset, vaddr, n_file, n_memory;
    uint8_t rights; /* 4 read, 2 write, 1 execute */
};

struct nrs_elf {
    bool wide, big;
    uint8_t arch;                 /* class, 0..15; 0 = another machine */
    uint8_t n_kept;
    uint16_t type, n_segments, n_sections;
    uint64_t entry, segments_at, sections_at;
    uint64_t headers_end;         /* first byte after the segment table */
    struct nrs_elf_load load[NRS_ELF_LOADS_MAX];
    uint64_t dynamic_at, n_dynamic; /* the dynamic table in the file, bytes; 0 = none */
};

static inline uint16_t nrs_elf_u16(const struct nrs_elf *e, const uint8_t *p)
{
    return (uint16_t)(e->big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static inline uint32_t nrs_elf_u32(const struct nrs_elf *e, const uint8_t *p)
{
    uint32_t a = nrs_elf_u16(e, p), b = nrs_elf_u16(e, p + 2);

    return e->big ? a << 16 | b : b << 16 | a;
}

/* An address or offset: 4 bytes, or 8 in 64-bit files. */
static inline uint64_t nrs_elf_word(const struct nrs_elf *e, const uint8_t *p)
{
    uint64_t a = nrs_elf_u32(e, p), b;

    if (!e->wide)
        return a;
    b = nrs_elf_u32(e, p + 4);
    return e->big ? a << 32 | b : b << 32 | a;
}

/* The load segment that holds an address, or -1. */
int nrs_elf_holder(const struct nrs_elf *e, uint64_t address);

/* Where an address is in the file, or UINT64_MAX. */
uint64_t nrs_elf_offset(const struct nrs_elf *e, uint64_t address);

/* The file bytes of a load segment that are really there. */
static inline uint64_t nrs_elf_file_bytes(const struct nrs_elf_load *l, uint64_t size)
{
    uint64_t left = l->offset < size ? size - l->offset : 0;

    return l->n_file < left ? l->n_file : left;
}

/* elf_space.c: the features of memory, largest segments and what is in none. True: a payload is appended. */
bool nrs_elf_space(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start, uint16_t *x);

/* elf_dynamic.c: the features of the dynamic table. Returns DT_INIT, 0 if there is none. */
uint64_t nrs_elf_dynamic(struct nrs_scan *s, const struct nrs_elf *e, uint16_t *x);

/* upx.c: is it built like UPX, and does everything fit. start: where the start is in the file. */
enum nrs_upx_state nrs_upx_look(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start);

#endif
