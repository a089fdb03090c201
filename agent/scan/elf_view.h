/* agent/scan/elf_view.h - the headers of an ELF file, as the readers of its parts need them
 *
 * elf.c is the facade; elf_space.c, elf_dynamic.c and upx.c read parts. All of them include this file, and
 * none of the parts includes the facade.
 *
 * Class and byte order are those that the kernel would use: it goes by e_machine and the entry size of the
 * segment table and ignores what e_ident says, which malware therefore writes wrongly. */
#ifndef NRS_SCAN_ELF_VIEW_H
#define NRS_SCAN_ELF_VIEW_H
#include "agent/scan/scan.h"

#define NRS_ELF_LOADS_MAX 16 /* load segments kept; more are only counted */

/* Values of e_type, and rights of a segment (System V ABI, chapters 4 and 5). */
enum { NRS_ET_REL = 1, NRS_ET_EXEC = 2, NRS_ET_DYN = 3, NRS_ET_CORE = 4 };
enum { NRS_PF_X = 1, NRS_PF_W = 2, NRS_PF_R = 4 };

/* What a machine number means here. */
enum nrs_elf_machine {
    NRS_MACHINE_OTHER,  /* Linux has no programs for it: an image for a modem, a signal processor, a radio */
    NRS_MACHINE_LINUX,  /* Linux runs on it, but no model learned it */
    NRS_MACHINE_LEARNED /* it has a class of its own in the model */
};

struct nrs_elf_load {
    uint64_t offset, vaddr, n_file, n_memory;
    uint8_t rights; /* NRS_PF_* */
};

struct nrs_elf {
    bool wide, big;
    bool odd_ident;               /* e_ident contradicts what the kernel goes by, or holds unknown values */
    bool firmware;                /* the segment table begins as that of an image of Qualcomm's boot chain */
    bool incomplete;              /* the segment table ends after the file, a segment after its last page */
    uint8_t machine;              /* enum nrs_elf_machine */
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

/* Reads the file header from `head` (at least 64 bytes): the view, and the features that come from it. */
void nrs_elf_read_header(struct nrs_elf *e, const uint8_t *head, uint64_t size, uint16_t *x);

/* Reads the segment table. False: there is no load segment. */
bool nrs_elf_read_segments(struct nrs_scan *s, struct nrs_elf *e, uint16_t *x);

#endif
