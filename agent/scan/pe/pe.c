/* DOS header = "MZ" ... at 60 lfanew:u32
 * PE header  = "PE\0\0" machine:u16 n_sections:u16 stamp:u32 symbols:u32 n_symbols:u32 optional_size:u16
 * flags:u16 Optional   = magic:u16 linker:u8 linker_minor:u8 ... at 16 entry:u32 ... directories: PE32 at 96,
 * PE32+ at 112 Directory  = address:u32 size:u32      1 import, 2 resources, 4 certificates, 5 relocations, 9
 * TLS, 14 CLR Section    = name[8] n_memory:u32 address:u32 n_file:u32 offset:u32 ... at 36 flags:u32
 * (PE/COFF, Microsoft)
 *
 * Addresses are relative to where the image is loaded. Everything is little-endian. */
#include <string.h>

#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"
#include "models/base/bytes.h"
#include "models/packer_schema.h"

#define SECTIONS_MAX    32 /* kept; more are only counted */
#define SECTION         40
#define DIRECTORIES     16
#define LIBRARIES_MAX   31
#define THUNKS_OF       8   /* libraries whose functions are counted */
#define FUNCTIONS_MAX   128 /* counted of each */
#define DENSE_CODE      224 /* 7 bits a byte, mean over the section */

enum { IMPORTS = 1, RESOURCES = 2, CERTIFICATES = 4, RELOCATIONS = 5, TLS = 9, CLR = 14 };

struct section {
    uint32_t address, n_memory, offset, n_file;
    uint8_t rights; /* 4 read, 2 write, 1 execute */
};

struct pe {
    bool wide;
    uint16_t n_sections;
    uint32_t sections_at, entry, n_kept;
    struct {
        uint32_t address, size;
    } directory[DIRECTORIES];
    struct section section[SECTIONS_MAX];
};

/* i386, x86-64, ARM, ARM Thumb-2, ARM64; anything else is 0. */
static uint16_t class_of(uint16_t machine)
{
    static const uint16_t machines[] = {0x14c, 0x8664, 0x1c0, 0x1c4, 0xaa64};

    for (uint16_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i] == machine)
            return (uint16_t)(i + 1);
    return 0;
}

static uint64_t file_bytes(const struct section *x, uint64_t size)
{
    uint64_t left = x->offset < size ? size - x->offset : 0;

    return x->n_file < left ? x->n_file : left;
}

static int holder(const struct pe *pe, uint32_t address)
{
    for (uint32_t i = 0; i < pe->n_kept; i++) {
        const struct section *s = &pe->section[i];
        uint32_t n = s->n_memory > s->n_file ? s->n_memory : s->n_file;

        if (address >= s->address && address - s->address < n)
            return (int)i;
    }
    return -1;
}

static uint64_t offset_of(const struct pe *pe, uint32_t address)
{
    int i = holder(pe, address);

    if (i < 0 || address - pe->section[i].address >= pe->section[i].n_file)
        return UINT64_MAX;
    return (uint64_t)pe->section[i].offset + (address - pe->section[i].address);
}

/* 0 none, 1 the only section, 2 the first, 3 a middle one, 4 the last. */
static uint16_t position(const struct pe *pe, int i)
{
    if (i < 0)
        return 0;
    return (uint16_t)(pe->n_kept == 1 ? 1 : i == 0 ? 2 : (uint32_t)i + 1 < pe->n_kept ? 3 : 4);
}

static void read_optional(struct pe *pe, const uint8_t *p, uint32_t n, uint16_t *x)
{
    uint32_t at = pe->wide ? 112 : 96, given;

    pe->entry = nrs_get_u32le(p + 16);
    x[NRS_PE_linker] = nrs_bounded(p[2], 31);
    x[NRS_PE_gui] = nrs_get_u16le(p + 68) == 2;
    given = nrs_get_u32le(p + at - 4);
    for (uint32_t i = 0; i < DIRECTORIES && i < given && at + 8 * i + 8 <= n; i++) {
        pe->directory[i].address = nrs_get_u32le(p + at + 8 * i);
        pe->directory[i].size = nrs_get_u32le(p + at + 8 * i + 4);
    }
    x[NRS_PE_odd] = nrs_bounded(0u + (given != DIRECTORIES) + (nrs_get_u32le(p + 64) == 0) /* checksum */ +
                                (nrs_get_u32le(p + 36) != 0x200) /* file alignment */ +
                                (nrs_get_u32le(p + 32) != 0x1000) /* section alignment */ +
                                (nrs_get_u32le(p + 4) == 0) /* size of code */,
                            15);
}

/* False: it cuts off before its sections begin. */
static bool read_headers(struct nrs_scan *s, struct pe *pe, uint32_t lfanew, uint16_t *x)
{
    uint32_t got, optional;
    const uint8_t *p = nrs_reader_some(s, lfanew, 24 + 240, &got);

    if (got < 24 + 96)
        return false;
    optional = nrs_get_u16le(p + 20);
    pe->n_sections = nrs_get_u16le(p + 6);
    pe->sections_at = lfanew + 24 + optional;
    pe->wide = nrs_get_u16le(p + 24) == 0x20b;
    if (got < 24 + 112 && pe->wide)
        return false;
    x[NRS_PE_arch] = class_of(nrs_get_u16le(p + 4));
    x[NRS_PE_wide] = pe->wide;
    x[NRS_PE_dll] = p[23] >> 5 & 1;
    x[NRS_PE_stamp] = nrs_get_u32le(p + 8) != 0;
    x[NRS_PE_sections] = nrs_bounded(pe->n_sections, 31);
    x[NRS_PE_lfanew] = nrs_log_q3(lfanew);
    read_optional(pe, p + 24, got - 24 < optional ? got - 24 : optional > 96 ? optional : 96, x);
    return true;
}

static void keep_section(struct pe *pe, const uint8_t *p, uint16_t *x)
{
    uint32_t flags = nrs_get_u32le(p + 36);
    struct section *s = &pe->section[pe->n_kept++];

    *s = (struct section){.n_memory = nrs_get_u32le(p + 8),
                          .address = nrs_get_u32le(p + 12),
                          .n_file = nrs_get_u32le(p + 16),
                          .offset = nrs_get_u32le(p + 20),
                          .rights = (uint8_t)((flags >> 30 & 1) << 2 | flags >> 31 << 1 | (flags >> 29 & 1))};
    x[NRS_PE_rwx] = nrs_bounded(x[NRS_PE_rwx] + ((s->rights & 3) == 3 ? 1u : 0u), 7);
    x[NRS_PE_execs] = nrs_bounded(x[NRS_PE_execs] + (s->rights & 1u), 7);
    x[NRS_PE_hollow] = nrs_bounded(x[NRS_PE_hollow] + (s->n_file == 0 && s->n_memory > 0 ? 1u : 0u), 7);
}

static void read_sections(struct nrs_scan *s, struct pe *pe, uint16_t *x)
{
    uint32_t n = pe->n_sections < SECTIONS_MAX ? pe->n_sections : SECTIONS_MAX, got;
    const uint8_t *p = nrs_reader_some(s, pe->sections_at, n * SECTION, &got);

    for (uint32_t i = 0; i < got / SECTION; i++)
        keep_section(pe, p + i * SECTION, x);
}

static uint32_t count_functions(struct nrs_scan *s, const struct pe *pe, uint32_t address)
{
    uint32_t size = pe->wide ? 8 : 4, got, n = 0;
    uint64_t at = offset_of(pe, address);
    const uint8_t *p = at == UINT64_MAX ? NULL : nrs_reader_some(s, at, FUNCTIONS_MAX * size, &got);

    if (p == NULL)
        return 0;
    while (n < got / size && nrs_get_u32le(p + n * size) != 0)
        n++;
    return n;
}

static void read_imports(struct nrs_scan *s, const struct pe *pe, uint16_t *x)
{
    uint64_t at = offset_of(pe, pe->directory[IMPORTS].address);
    uint32_t thunks[THUNKS_OF], n = 0, functions = 0, got;
    const uint8_t *p;

    x[NRS_PE_imports_in] = position(pe, holder(pe, pe->directory[IMPORTS].address));
    if (pe->directory[IMPORTS].address == 0 || at == UINT64_MAX)
        return;
    p = nrs_reader_some(s, at, LIBRARIES_MAX * 20, &got);
    for (; n < got / 20 && nrs_get_u32le(p + 20 * n + 12) != 0; n++)
        if (n < THUNKS_OF) { /* the look-up table, or where its addresses go if there is none */
            uint32_t table = nrs_get_u32le(p + 20 * n);

            thunks[n] = table != 0 ? table : nrs_get_u32le(p + 20 * n + 16);
        }
    for (uint32_t i = 0; i < n && i < THUNKS_OF; i++)
        functions += count_functions(s, pe, thunks[i]);
    x[NRS_PE_libraries] = nrs_bounded(n, 31);
    x[NRS_PE_functions] = nrs_log_q3(functions);
}

static void section_features(struct nrs_scan *s, const struct pe *pe, uint16_t *x)
{
    const struct section *big = NULL, *first = NULL;
    uint64_t memory = 0, mapped = 0, end = pe->sections_at, size = s->in.size;
    struct nrs_entropy_samples samples;

    for (uint32_t i = 0; i < pe->n_kept; i++) {
        const struct section *here = &pe->section[i];
        uint64_t bytes = file_bytes(here, size);

        memory += here->n_memory;
        mapped += bytes;
        if (bytes > 0 && here->offset + bytes > end)
            end = here->offset + bytes;
        if (first == NULL && bytes > 0)
            first = here;
        if (big == NULL || bytes > file_bytes(big, size))
            big = here;
    }
    if (end > size)
        end = size;
    x[NRS_PE_mem] = (uint16_t)nrs_log2_q3(nrs_share(memory, mapped, 8, UINT32_MAX));
    x[NRS_PE_outside] = nrs_share_255(size > mapped ? size - mapped : 0, size);
    x[NRS_PE_overlay] = nrs_log_q3(size - end);
    nrs_entropy_sample(s, end, size - end, 4, &samples);
    x[NRS_PE_ent_rest] = samples.mean;
    if (big != NULL) {
        x[NRS_PE_first_rights] = pe->section[0].rights;
        x[NRS_PE_big_rights] = big->rights;
        x[NRS_PE_big_share] = nrs_share_255(file_bytes(big, size), size);
        nrs_entropy_sample(s, big->offset, file_bytes(big, size), 8, &samples);
        x[NRS_PE_ent_big] = samples.mean;
    }
    if (first != NULL) {
        nrs_entropy_sample(s, first->offset, file_bytes(first, size), 8, &samples);
        x[NRS_PE_ent_first] = samples.mean;
    }
}

static void entry_features(struct nrs_scan *s, const struct pe *pe, uint16_t *x)
{
    int i = holder(pe, pe->entry);
    struct nrs_entropy_samples samples;
    uint64_t bytes, into;

    x[NRS_PE_entry] = position(pe, i);
    x[NRS_PE_ent_start] = nrs_start_bytes(s, offset_of(pe, pe->entry), x + NRS_PACKER_PE_N);
    if (i < 0)
        return;
    bytes = file_bytes(&pe->section[i], s->in.size);
    into = pe->entry - pe->section[i].address;
    x[NRS_PE_entry_rights] = pe->section[i].rights;
    x[NRS_PE_entry_at] = nrs_share_255(into, bytes);
    x[NRS_PE_entry_left] = nrs_log_q3(into < bytes ? bytes - into : 0);
    nrs_entropy_sample(s, pe->section[i].offset, bytes, 8, &samples);
    x[NRS_PE_ent_entry] = samples.mean;
}

static void directory_features(const struct pe *pe, uint64_t size, uint16_t *x)
{
    x[NRS_PE_managed] = pe->directory[CLR].size != 0;
    x[NRS_PE_tls] = pe->directory[TLS].size != 0;
    x[NRS_PE_reloc] = pe->directory[RELOCATIONS].size != 0;
    x[NRS_PE_signed_by] = pe->directory[CERTIFICATES].size != 0;
    x[NRS_PE_resources] = nrs_share_255(pe->directory[RESOURCES].size, size);
}

/* Of 447 clean programs the densest section with an entry has 6.3 bits a byte, and none is writable. */
static uint16_t pe_rules(const uint16_t *x)
{
    unsigned rules = (x[NRS_PE_entry_rights] & 3) == 3 ? NRS_RULE_WRITABLE_ENTRY : 0;

    rules |= x[NRS_PE_ent_entry] >= DENSE_CODE ? NRS_RULE_DENSE_ENTRY : 0;
    return (uint16_t)rules;
}

bool nrs_pe_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n)
{
    struct pe pe;
    uint32_t lfanew;
    const uint8_t *p;

    if (n < 64 || head[0] != 'M' || head[1] != 'Z')
        return false;
    lfanew = nrs_get_u32le(head + 60);
    p = nrs_reader_all(s, lfanew, 4);
    if (p == NULL || memcmp(p, "PE\0", 4) != 0)
        return false;
    memset(&pe, 0, sizeof pe);
    f->format = NRS_FORMAT_PE;
    if (lfanew > s->in.size || !read_headers(s, &pe, lfanew, f->x)) {
        f->skipped = "PE cut off in its headers";
        return true;
    }
    f->schema = &nrs_schema_packer_pe;
    f->x[NRS_PE_size] = nrs_log_q3(s->in.size);
    read_sections(s, &pe, f->x);
    directory_features(&pe, s->in.size, f->x);
    read_imports(s, &pe, f->x);
    entry_features(s, &pe, f->x);
    section_features(s, &pe, f->x);
    nrs_dense_features(s, f, NRS_PE_dense, NRS_PE_dense_run);
    f->rules = pe_rules(f->x);
    return true;
}
