/* ELF files: the view of the headers, then the parts, then the rules. Everything is read as the kernel's
 * loader reads it. */
#include <string.h>

#include "agent/scan/elf_dynamic.h"
#include "agent/scan/elf_space.h"
#include "agent/scan/elf_view.h"
#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"
#include "agent/scan/upx.h"
#include "models/packer_schema.h"

#define ELF_LEAST  64  /* bytes of the larger file header */
#define DENSE_CODE 224 /* 7 bits a byte, mean over the segment */
#define DENSE_RWX  200 /* 6.25, where a segment is writable and executable as well */

static void start_features(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start, uint16_t *x)
{
    int i = nrs_elf_holder(e, start);
    const struct nrs_elf_load *l = &e->load[i < 0 ? 0 : i];
    uint64_t into = start - l->vaddr, bytes = nrs_elf_file_bytes(l, s->in.size),
             at = nrs_elf_offset(e, start);
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

/* The densest code segment of 4,300 clean files has 6.2 bits a byte, the densest writable one 6.3;
 * libraries of GPU code and large scripts compiled by shc are dense, but import much (README.md). */
static uint16_t elf_rules(const struct nrs_scan_facts *f, bool payload)
{
    const uint16_t *x = f->x;
    bool entry_last = x[NRS_P_entry] == 4 && (x[NRS_P_entry_rights] & NRS_PF_X) != 0;
    bool mostly_data = (x[NRS_P_big_rights] & NRS_PF_W) != 0 && x[NRS_P_big_share] >= 128;
    bool imports_little = x[NRS_P_imports] < 32; /* 16 names */
    bool dense =
        x[NRS_P_ent_entry] >= DENSE_RWX || x[NRS_P_ent_big] >= DENSE_RWX || x[NRS_P_ent_data] >= DENSE_RWX;
    unsigned rules = x[NRS_P_rwx] > 0 ? NRS_RULE_RWX : 0;

    rules |= x[NRS_P_rwx] > 0 && dense ? NRS_RULE_RWX_DENSE : 0;
    rules |= entry_last ? NRS_RULE_ENTRY_LAST : 0;
    rules |= imports_little && x[NRS_P_ent_entry] >= DENSE_CODE ? NRS_RULE_DENSE_ENTRY : 0;
    rules |= imports_little && mostly_data && x[NRS_P_ent_big] >= NRS_ENTROPY_DENSE ? NRS_RULE_DENSE_DATA : 0;
    rules |= entry_last && x[NRS_P_ent_entry] >= DENSE_RWX ? NRS_RULE_DENSE_HINT : 0;
    rules |= payload ? NRS_RULE_PAYLOAD : 0;
    rules |= x[NRS_P_sect] == 1 ? NRS_RULE_NO_SECTIONS : 0;
    rules |= f->upx != NRS_UPX_ABSENT ? NRS_RULE_UPX : 0;
    return (uint16_t)rules;
}

/* Debug information of its own has the program's segments without their bytes. */
static bool has_code(const struct nrs_elf *e)
{
    for (unsigned i = 0; i < e->n_kept; i++)
        if ((e->load[i].rights & NRS_PF_X) != 0 && e->load[i].n_file > 0)
            return true;
    return e->n_kept == NRS_ELF_LOADS_MAX; /* there may be more */
}

static const char *reason_to_skip(const struct nrs_elf *e)
{
    switch (e->type) {
    case NRS_ET_REL: return "object file"; /* kernel modules, too */
    case NRS_ET_EXEC: return NULL;
    case NRS_ET_DYN: return NULL;
    case NRS_ET_CORE: return "core file";
    default: return "ELF of no executable type";
    }
}

/* The rules and the model were made for programs of Linux; UPX's blocks are known everywhere. */
static const char *reason_to_skip_image(const struct nrs_elf *e, uint8_t upx)
{
    if (upx != NRS_UPX_ABSENT)
        return NULL;
    if (e->firmware)
        return "firmware";
    return e->machine == NRS_MACHINE_OTHER ? "ELF of a machine without Linux" : NULL;
}

static void read_all(struct nrs_scan *s, const struct nrs_elf *e, struct nrs_scan_facts *f)
{
    uint64_t start = e->entry;
    bool payload;

    f->x[NRS_P_size] = nrs_log_q3(s->in.size);
    f->x[NRS_P_type] = (uint16_t)(e->type == NRS_ET_EXEC ? (f->x[NRS_P_interp] ? 3 : 0)
                                  : f->x[NRS_P_interp]   ? 1
                                                         : 2);
    if (e->n_dynamic > 0) {
        uint64_t init = nrs_elf_dynamic(s, e, f->x);

        if (nrs_elf_holder(e, start) < 0 || start == 0)
            start = init;
    }
    f->upx = (uint8_t)nrs_upx_look(s, e, nrs_elf_offset(e, start));
    f->skipped = reason_to_skip_image(e, f->upx);
    if (f->skipped != NULL)
        return;
    f->schema = &nrs_schema_packer;
    start_features(s, e, start, f->x);
    payload = nrs_elf_space(s, e, start, f->x);
    nrs_dense_features(s, f, NRS_P_dense, NRS_P_dense_run);
    f->rules = elf_rules(f, payload);
    f->name = f->upx != NRS_UPX_ABSENT ? "upx" : NULL;
}

bool nrs_elf_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n)
{
    struct nrs_elf e = {.n_kept = 0};
    bool loads;

    if (n < ELF_LEAST || memcmp(head,
                                "\x7f"
                                "ELF",
                                4) != 0)
        return false;
    f->format = NRS_FORMAT_ELF;
    nrs_elf_read_header(&e, head, s->in.size, f->x);
    f->skipped = reason_to_skip(&e);
    if (f->skipped != NULL)
        return true;
    loads = nrs_elf_read_segments(s, &e, f->x);
    f->incomplete = e.incomplete;
    if (!loads)
        f->skipped = "ELF without load segments";
    else if (!has_code(&e))
        f->skipped = "ELF without code";
    else
        read_all(s, &e, f);
    return true;
}
