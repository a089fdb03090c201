/* Ehdr     = ident[16] type:u16 machine:u16 version:u32 entry phoff shoff flags:u32 ehsize:u16 phentsize:u16
 *            phnum:u16 shentsize:u16 shnum:u16 shstrndx:u16
 *            entry, phoff, shoff: 4 bytes, in 64-bit files 8
 * Phdr 32  = type:u32 offset vaddr paddr filesz memsz flags:u32 align
 * Phdr 64  = type:u32 flags:u32 offset vaddr paddr filesz memsz align     (System V ABI, chapter 4)
 *
 * Everything is read as the kernel's loader reads it. What it ignores may be nonsense: counted in `odd`. */
#include "agent/scan/elf_view.h"

#include "agent/scan/formats.h"
#include "agent/scan/reader.h"
#include "models/packer_schema.h"

#define SEGMENTS_MAX 64   /* looked at; the kernel takes more, no linker writes them */
#define PAGE         4096 /* the smallest of Linux */
#define PT_NULL      0
#define PT_LOAD      1
#define PT_DYNAMIC   2
#define PT_INTERP    3
#define PT_NOTE      4
#define PT_TLS       7
#define PT_EH_FRAME  0x6474e550u
#define PT_STACK     0x6474e551u
#define PT_RELRO     0x6474e552u
#define MBN_KIND     0x07000000u /* bits 24-26 of p_flags in images of Qualcomm's boot chain */
#define MBN_HASHES   0x02000000u
#define MBN_HEADERS  0x07000000u

/* e_machine (System V ABI and its registry). */
enum {
    EM_SPARC = 2,
    EM_386 = 3,
    EM_68K = 4,
    EM_MIPS = 8,
    EM_PARISC = 15,
    EM_SPARC32PLUS = 18,
    EM_PPC = 20,
    EM_PPC64 = 21,
    EM_S390 = 22,
    EM_ARM = 40,
    EM_SH = 42,
    EM_SPARCV9 = 43,
    EM_IA_64 = 50,
    EM_X86_64 = 62,
    EM_CRIS = 76,
    EM_M32R = 88,
    EM_OPENRISC = 92,
    EM_ARC = 93,
    EM_XTENSA = 94,
    EM_NIOS2 = 113,
    EM_AARCH64 = 183,
    EM_MICROBLAZE = 189,
    EM_ARC_V2 = 195,
    EM_RISCV = 243,
    EM_CSKY = 252,
    EM_LOONGARCH = 258,
    EM_ALPHA = 0x9026
};

/* Class by machine (System V ABI), big-endian and little-endian. A model knows the numbers: never
 * renumber. */
static const struct {
    uint16_t machine;
    uint8_t big, little;
} machines[] = {{EM_X86_64, 1, 1}, {EM_386, 2, 2},         {EM_ARM, 13, 3},    {EM_AARCH64, 4, 4},
                {EM_MIPS, 5, 6},   {EM_PPC, 7, 7},         {EM_PPC64, 8, 9},   {EM_RISCV, 10, 10},
                {EM_S390, 11, 11}, {EM_LOONGARCH, 12, 12}, {EM_SPARC, 14, 14}, {EM_SPARCV9, 14, 14}};

/* Machines that Linux runs on beside those (its arch/ folder, past and present). */
static const uint16_t linux_machines[] = {EM_68K,   EM_SPARC32PLUS, EM_PARISC,   EM_SH,   EM_IA_64,
                                          EM_CRIS,  EM_M32R,        EM_OPENRISC, EM_ARC,  EM_XTENSA,
                                          EM_NIOS2, EM_MICROBLAZE,  EM_ARC_V2,   EM_CSKY, EM_ALPHA};

static uint8_t class_of(uint16_t machine, bool big)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine)
            return big ? machines[i].big : machines[i].little;
    return 0;
}

static uint8_t machine_of(uint16_t machine, uint8_t arch)
{
    for (size_t i = 0; arch == 0 && i < sizeof linux_machines / sizeof linux_machines[0]; i++)
        if (linux_machines[i] == machine)
            return NRS_MACHINE_LINUX;
    return arch != 0 ? NRS_MACHINE_LEARNED : NRS_MACHINE_OTHER;
}

/* Byte order and width from what the kernel looks at; the ident is believed as long as that does not
 * contradict. */
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

void nrs_elf_read_header(struct nrs_elf *e, const uint8_t *p, uint64_t size, uint16_t *x)
{
    unsigned odd = read_shape(e, p), word, ehdr, shdr, shentsize;
    const uint8_t *tail;
    uint64_t end;

    e->odd_ident = odd > 0;
    word = e->wide ? 8 : 4;
    ehdr = e->wide ? 64 : 52;
    shdr = e->wide ? 64 : 40;
    tail = p + 24 + 3 * word;
    e->type = nrs_elf_u16(e, p + 16);
    e->arch = class_of(nrs_elf_u16(e, p + 18), e->big);
    e->machine = machine_of(nrs_elf_u16(e, p + 18), e->arch);
    e->entry = nrs_elf_word(e, p + 24);
    e->segments_at = nrs_elf_word(e, p + 24 + word);
    e->sections_at = nrs_elf_word(e, p + 24 + 2 * word);
    e->n_segments = nrs_elf_u16(e, tail + 8);
    shentsize = nrs_elf_u16(e, tail + 10);
    e->n_sections = nrs_elf_u16(e, tail + 12);
    e->headers_end = e->segments_at + (uint64_t)e->n_segments * (e->wide ? 56 : 32);
    e->incomplete = e->headers_end > size;
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
    x[NRS_P_rwx] =
        nrs_bounded(x[NRS_P_rwx] + ((flags & (NRS_PF_X | NRS_PF_W)) == (NRS_PF_X | NRS_PF_W) ? 1u : 0u), 3);
    x[NRS_P_execs] = nrs_bounded(x[NRS_P_execs] + (flags & 1), 3);
    x[NRS_P_writes] = nrs_bounded(x[NRS_P_writes] + (flags >> 1 & 1), 3);
    if (e->n_kept < NRS_ELF_LOADS_MAX)
        e->load[e->n_kept++] = l;
}

/* The first two entries of such an image describe its headers and its hashes: type PT_NULL, and in three
 * bits of the flags that no other program uses what they are for. */
static bool is_firmware(const struct nrs_elf *e, const uint8_t *p)
{
    unsigned size = e->wide ? 56 : 32, flags = e->wide ? 4 : 24;

    return nrs_elf_u32(e, p) == PT_NULL && nrs_elf_u32(e, p + size) == PT_NULL &&
           (nrs_elf_u32(e, p + flags) & MBN_KIND) == MBN_HEADERS &&
           (nrs_elf_u32(e, p + size + flags) & MBN_KIND) == MBN_HASHES;
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

/* A download in progress, or a file that was cut: its last pages are not there. Up to the end of its last
 * page Linux reads zeros, and UPX writes small programs whose first segment ends there. */
static bool ends_early(const struct nrs_elf *e, uint64_t size)
{
    uint64_t there = size + (PAGE - size % PAGE) % PAGE;

    for (unsigned i = 0; i < e->n_kept; i++)
        if (e->load[i].n_file > 0 &&
            (e->load[i].offset >= there || e->load[i].n_file > there - e->load[i].offset))
            return true;
    return false;
}

bool nrs_elf_read_segments(struct nrs_scan *s, struct nrs_elf *e, uint16_t *x)
{
    uint32_t size = e->wide ? 56 : 32, n = e->n_segments < SEGMENTS_MAX ? e->n_segments : SEGMENTS_MAX, got;
    const uint8_t *p = nrs_reader_some(s, e->segments_at, n * size, &got);

    e->firmware = got >= 2 * size && is_firmware(e, p);
    for (uint32_t i = 0; i < got / size; i++)
        read_segment(e, p + i * size, x);
    e->incomplete = e->incomplete || ends_early(e, s->in.size);
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
