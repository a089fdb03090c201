/* Ehdr     = ident[16] type:u16 machine:u16 version:u32 entry phoff shoff flags:u32 ehsize:u16 phentsize:u16 phnum:u16
 *            shentsize:u16 shnum:u16 shstrndx:u16          entry, phoff, shoff: 4 bytes, in 64-bit files 8
 * Phdr 32  = type:u32 offset vaddr paddr filesz memsz flags:u32 align
 * Phdr 64  = type:u32 flags:u32 offset vaddr paddr filesz memsz align                    (System V ABI, chapter 4)
 *
 * Everything is read as the kernel's loader reads it. What it ignores may be nonsense: counted in `odd`. */
#include "agent/scan/elf.h"

#include <string.h>

#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"
#include "models/packer_schema.h"

#define SEGMENTS_MAX 64 /* looked at; the kernel takes more, no linker writes them */
#define PT_LOAD      1
#define PT_DYNAMIC   2
#define PT_INTERP    3
#define PT_NOTE      4
#define PT_TLS       7
#define PT_EH_FRAME  0x6474e550u
#define PT_STACK     0x6474e551u
#define PT_RELRO     0x6474e552u
#define DENSE_CODE   224 /* 7 bits a byte, mean over the segment */
#define DENSE_RWX    200 /* 6.25, where a segment is writable and executable as well */

/* Class by machine (System V ABI), big-endian and little-endian. A model knows the numbers: never renumber. */
static const struct {
    uint16_t machine;
    uint8_t big, little;
} machines[] = {{62, 1, 1},  {3, 2, 2},    {40, 13, 3},   {183, 4, 4}, {8, 5, 6},  {20, 7, 7},
                {21, 8, 9}, {243, 10, 10}, {22, 11, 11}, {258, 12, 12}, {2, 14, 14}, {43, 14, 14}};

static uint8_t class_of(uint16_t machine, bool big)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine)
            return big ? machines[i].big : machines[i].little;
    return 0;
}

/* Byte order and width from what the kernel looks at; the ident is believed as long as that does not contradict. */
static unsigned read_shape(struct nrs_elf *e, const uint8_t *p)
{
    unsigned odd = 0u + (p[4] != 1 && p[4] != 2) + (p[5] != 1 && p[5] != 2) + (p[6] != 1);

    e->big = p[5] == 2;
    if (class_of(nrs_elf_u16(e, p + 18), e->big) == 0) {
        e->big = !e->big;
        if (class_of(nrs_elf_u16(e, p + 18), e->big) == 0)
            e->big = !e->big;
        else
            odd++;
    }
    e->wide = p[4] == 2;
    if (nrs_elf_u16(e, p + (e->wide ? 54 : 42)) != (e->wide ? 56 : 32) &&
        nrs_elf_u16(e, p + (e->wide ? 42 : 54)) == (e->wide ? 32 : 56)) {
        e->wide = !e->wide;
        odd++;
    }
    return odd;
}

static void read_header(struct nrs_elf *e, const uint8_t *p, uint64_t size, uint16_t *x)
{
    unsigned odd = read_shape(e, p), word, ehdr, shdr, shentsize;
    const uint8_t *tail;
    uint64_t end;

    word = e->wide ? 8 : 4;
    ehdr = e->wide ? 64 : 52;
    shdr = e->wide ? 64 : 40;
    tail = p + 24 + 3 * word;
    e->type = nrs_elf_u16(e, p + 16);
    e->arch = class_of(nrs_elf_u16(e, p + 18), e->big);
    e->entry = nrs_elf_word(e, p + 24);
    e->segments_at = nrs_elf_word(e, p + 24 + word);
    e->sections_at = nrs_elf_word(e, p + 24 + 2 * word);
    e->n_segments = nrs_elf_u16(e, tail + 8);
    shentsize = nrs_elf_u16(e, tail + 10);
    e->n_sections = nrs_elf_u16(e, tail + 12);
    e->headers_end = e->segments_at + (uint64_t)e->n_segments * (e->wide ? 56 : 32);
    odd += 0u + (nrs_elf_u32(e, p + 20) != 1) + (nrs_elf_u16(e, tail + 4) != ehdr) + (e->segments_at != ehdr);

    x[NRS_P_arch] = e->arch;
    x[NRS_P_wide] = e->wide;
    x[NRS_P_big] = e->big;
    x[NRS_P_odd] = nrs_bounded(odd, 7);
    x[NRS_P_sections] = nrs_bounded(e->n_sections, 63);
    end = e->sections_at + (uint64_t)e->n_sections * shdr;
    if (e->sections_at == 0 || e->n_sections == 0)
        x[NRS_P_sect] = 1;
    else if (shentsize != shdr || end > size || end < e->sections_at)
        x[NRS_P_sect] = 2;
}

static void keep_load(struct nrs_elf *e, const uint8_t *p, uint32_t flags, uint16_t *x)
{
    unsigned word = e->wide ? 8 : 4, first = e->wide ? 8 : 4;
    struct nrs_elf_load l = {.offset = nrs_elf_word(e, p + first),
                             .vaddr = nrs_elf_word(e, p + first + word),
                             .n_file = nrs_elf_word(e, p + first + 3 * word),
                             .n_memory = nrs_elf_word(e, p + first + 4 * word),
                             .rights = flags & 7};

    x[NRS_P_loads] = nrs_bounded(x[NRS_P_loads] + 1u, 15);
    x[NRS_P_rwx] = nrs_bounded(x[NRS_P_rwx] + ((flags & 3) == 3 ? 1u : 0u), 3);
    x[NRS_P_execs] = nrs_bounded(x[NRS_P_execs] + (flags & 1), 3);
    x[NRS_P_writes] = nrs_bounded(x[NRS_P_writes] + (flags >> 1 & 1), 3);
    if (e->n_kept < NRS_ELF_LOADS_MAX)
        e->load[e->n_kept++] = l;
}

static void read_segment(struct nrs_elf *e, const uint8_t *p, uint16_t *x)
{
    uint32_t type = nrs_elf_u32(e, p), flags = nrs_elf_u32(e, p + (e->wide ? 4 : 24));

    if (type == PT_LOAD) {
        keep_load(e, p, flags, x);
        return;
    }
    x[NRS_P_others] = nrs_bounded(x[NRS_P_others] + 1u, 31);
    switch (type) {
    case PT_DYNAMIC:
        e->dynamic_at = nrs_elf_word(e, p + (e->wide ? 8 : 4));
        e->n_dynamic = nrs_elf_word(e, p + (e->wide ? 32 : 16));
        break;
    case PT_INTERP: x[NRS_P_interp] = 1; break;
    case PT_NOTE: x[NRS_P_notes] = nrs_bounded(x[NRS_P_notes] + 1u, 3); break;
    case PT_TLS: x[NRS_P_tls] = 1; break;
    case PT_EH_FRAME: x[NRS_P_eh_frame] = 1; break;
    case PT_STACK: x[NRS_P_stack] = flags & 1 ? 2 : 1; break;
    case PT_RELRO: x[NRS_P_relro] = 1; break;
    default: break;
    }
}

static bool read_segments(struct nrs_scan *s, struct nrs_elf *e, uint16_t *x)
{
    uint32_t size = e->wide ? 56 : 32, n = e->n_segments < SEGMENTS_MAX ? e->n_segments : SEGMENTS_MAX, got;
    const uint8_t *p = nrs_reader_some(s, e->segments_at, n * size, &got);

    for (uint32_t i = 0; i < got / size; i++)
        read_segment(e, p + i * size, x);
    return x[NRS_P_loads] > 0;
}

int nrs_elf_holder(const struct nrs_elf *e, uint64_t address)
{
    for (int i = 0; i < e->n_kept; i++)
        if (address >= e->load[i].vaddr && address - e->load[i].vaddr < e->load[i].n_memory)
            return i;
    return -1;
}

uint64_t nrs_elf_offset(const struct nrs_elf *e, uint64_t address)
{
    int i = nrs_elf_holder(e, address);
    uint64_t offset;

    if (i < 0 || address - e->load[i].vaddr >= e->load[i].n_file)
        return UINT64_MAX;
    offset = e->load[i].offset + (address - e->load[i].vaddr);
    return offset >= e->load[i].offset ? offset : UINT64_MAX;
}

static void start_features(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start, uint16_t *x)
{
    int i = nrs_elf_holder(e, start);
    const struct nrs_elf_load *l = &e->load[i < 0 ? 0 : i];
    uint64_t into = start - l->vaddr, bytes = nrs_elf_file_bytes(l, s->in.size), at = nrs_elf_offset(e, start);
    struct nrs_entropy_samples samples;

    if (i < 0) {
        nrs_start_bytes(s, UINT64_MAX, x + NRS_PACKER_N);
        return;
    }
    x[NRS_P_entry] = e->n_kept == 1 ? 1 : i == 0 ? 2 : i + 1 < e->n_kept ? 3 : 4;
    x[NRS_P_entry_rights] = l->rights;
    x[NRS_P_entry_at] = nrs_share_255(into, bytes);
    x[NRS_P_entry_left] = nrs_log_q3(into < bytes ? bytes - into : 0);
    x[NRS_P_low_entry] = at >= e->headers_end && at - e->headers_end < 4096;
    x[NRS_P_ent_start] = nrs_start_bytes(s, at, x + NRS_PACKER_N);
    nrs_entropy_sample(s, l->offset, bytes, 8, &samples);
    x[NRS_P_ent_entry] = samples.mean;
}

/* The densest code segment of 4,300 clean files has 6.2 bits a byte, the densest writable one 6.3; libraries of GPU code
 * and large scripts compiled by shc are dense, but import much (README.md). */
static uint16_t elf_rules(const struct nrs_scan_facts *f, bool payload)
{
    const uint16_t *x = f->x;
    bool entry_last = x[NRS_P_entry] == 4 && (x[NRS_P_entry_rights] & 1) != 0;
    bool mostly_data = (x[NRS_P_big_rights] & 2) != 0 && x[NRS_P_big_share] >= 128;
    bool imports_little = x[NRS_P_imports] < 32; /* 16 names */
    bool dense = x[NRS_P_ent_entry] >= DENSE_RWX || x[NRS_P_ent_big] >= DENSE_RWX || x[NRS_P_ent_data] >= DENSE_RWX;
    unsigned rules = x[NRS_P_rwx] > 0 ? NRS_RULE_RWX : 0;

    rules |= x[NRS_P_rwx] > 0 && dense ? NRS_RULE_RWX_DENSE : 0;
    rules |= entry_last ? NRS_RULE_ENTRY_LAST : 0;
    rules |= imports_little && x[NRS_P_ent_entry] >= DENSE_CODE ? NRS_RULE_DENSE_ENTRY : 0;
    rules |= imports_little && mostly_data && x[NRS_P_ent_big] >= NRS_ENTROPY_DENSE ? NRS_RULE_DENSE_DATA : 0;
    rules |= payload ? NRS_RULE_PAYLOAD : 0;
    rules |= x[NRS_P_sect] == 1 ? NRS_RULE_NO_SECTIONS : 0;
    rules |= f->upx != NRS_UPX_ABSENT ? NRS_RULE_UPX : 0;
    return (uint16_t)rules;
}

/* Debug information of its own has the program's segments without their bytes. */
static bool has_code(const struct nrs_elf *e)
{
    for (unsigned i = 0; i < e->n_kept; i++)
        if ((e->load[i].rights & 1) != 0 && e->load[i].n_file > 0)
            return true;
    return e->n_kept == NRS_ELF_LOADS_MAX; /* there may be more */
}

static const char *reason_to_skip(const struct nrs_elf *e)
{
    switch (e->type) {
    case 1: return "object file"; /* kernel modules, too */
    case 2: return NULL;
    case 3: return NULL;
    case 4: return "core file";
    default: return "ELF of no executable type";
    }
}

bool nrs_elf_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n)
{
    struct nrs_elf e = {.n_kept = 0};
    uint64_t start;
    bool payload;

    if (n < 64 || memcmp(head, "\x7f" "ELF", 4) != 0)
        return false;
    f->format = NRS_FORMAT_ELF;
    read_header(&e, head, s->in.size, f->x);
    f->skipped = reason_to_skip(&e);
    if (f->skipped == NULL && !read_segments(s, &e, f->x))
        f->skipped = "ELF without load segments";
    if (f->skipped == NULL && !has_code(&e))
        f->skipped = "ELF without code";
    if (f->skipped != NULL)
        return true;
    f->schema = &nrs_schema_packer;
    f->x[NRS_P_size] = nrs_log_q3(s->in.size);
    f->x[NRS_P_type] = (uint16_t)(e.type == 2 ? (f->x[NRS_P_interp] ? 3 : 0) : f->x[NRS_P_interp] ? 1 : 2);
    start = e.entry;
    if (e.n_dynamic > 0) {
        uint64_t init = nrs_elf_dynamic(s, &e, f->x);

        if (nrs_elf_holder(&e, start) < 0 || start == 0)
            start = init;
    }
    f->upx = (uint8_t)nrs_upx_look(s, &e, nrs_elf_offset(&e, start));
    start_features(s, &e, start, f->x);
    payload = nrs_elf_space(s, &e, start, f->x);
    nrs_dense_features(s, f, NRS_P_dense, NRS_P_dense_run);
    f->rules = elf_rules(f, payload);
    f->name = f->upx != NRS_UPX_ABSENT ? "upx" : NULL;
    return true;
}
