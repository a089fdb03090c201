/* Where the bytes of an ELF file are: in memory, in its largest segments, and after everything that the
 * headers speak of. What is appended there no loader maps; only the program itself reads it. */
#include <string.h>

#include "agent/core/intmath.h"
#include "agent/scan/elf_space.h"
#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/payload.h"
#include "agent/scan/reader.h"
#include "models/packer_schema.h"

#define SECTIONS_AT_ONCE 64
#define SECTIONS_MAX     128  /* looked at; no executable of 20,000 has more */
#define SHT_NOBITS       8

/* Sums over load segments; hostile sizes saturate. */
static void memory_features(const struct nrs_elf *e, uint64_t size, uint16_t *x)
{
    uint64_t memory = 0, mapped = 0, blank = 0;

    for (unsigned i = 0; i < e->n_kept; i++) {
        const struct nrs_elf_load *l = &e->load[i];
        uint64_t bytes = nrs_elf_file_bytes(l, size), n = l->n_memory < UINT32_MAX ? l->n_memory : UINT32_MAX;

        memory += n;
        mapped += bytes;
        if (n > bytes && n - bytes > blank)
            blank = n - bytes;
    }
    x[NRS_P_mem] = (uint16_t)nrs_log2_q3(nrs_share(memory, mapped, 8, UINT32_MAX));
    x[NRS_P_blank] = nrs_log_q3(blank);
    x[NRS_P_blank_share] = nrs_share_255(blank, memory);
    x[NRS_P_outside] = nrs_share_255(size > mapped ? size - mapped : 0, size);
}

static const struct nrs_elf_load *largest(const struct nrs_elf *e, uint64_t size, uint8_t rights)
{
    const struct nrs_elf_load *found = NULL;

    for (unsigned i = 0; i < e->n_kept; i++)
        if ((e->load[i].rights & rights) == rights &&
            (found == NULL || nrs_elf_file_bytes(&e->load[i], size) > nrs_elf_file_bytes(found, size)))
            found = &e->load[i];
    return found;
}

static void largest_features(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start, uint16_t *x)
{
    const struct nrs_elf_load *big = largest(e, s->in.size, 0), *data = largest(e, s->in.size, 2);
    struct nrs_entropy_samples samples;

    x[NRS_P_big_rights] = big->rights;
    x[NRS_P_big_share] = nrs_share_255(nrs_elf_file_bytes(big, s->in.size), s->in.size);
    if (nrs_elf_holder(e, start) == big - e->load) {
        x[NRS_P_ent_big] = x[NRS_P_ent_entry];
    } else {
        nrs_entropy_sample(s, big->offset, nrs_elf_file_bytes(big, s->in.size), 8, &samples);
        x[NRS_P_ent_big] = samples.mean;
    }
    if (data != NULL) {
        nrs_entropy_sample(s, data->offset, nrs_elf_file_bytes(data, s->in.size), 4, &samples);
        x[NRS_P_ent_data] = samples.mean;
    }
}

/* The first byte after the section table and all sections that have bytes. With more sections than are
 * looked at, the rest of the file is theirs. */
static uint64_t sections_end(struct nrs_scan *s, const struct nrs_elf *e)
{
    unsigned size = e->wide ? 64 : 40, word = e->wide ? 8 : 4, n = e->n_sections;
    uint64_t end = e->sections_at + (uint64_t)e->n_sections * size;

    if (n > SECTIONS_MAX)
        return s->in.size;
    for (unsigned first = 0; first < n; first += SECTIONS_AT_ONCE) {
        unsigned now = n - first < SECTIONS_AT_ONCE ? n - first : SECTIONS_AT_ONCE;
        const uint8_t *p = nrs_reader_all(s, e->sections_at + first * size, now * size);

        for (unsigned i = 0; p != NULL && i < now; i++, p += size) {
            uint64_t at = nrs_elf_word(e, p + 8 + 2 * word), len = nrs_elf_word(e, p + 8 + 3 * word);

            if (nrs_elf_u32(e, p + 4) != SHT_NOBITS && at + len >= at && at + len > end)
                end = at + len;
        }
    }
    return end;
}

/* After the last load segment: up to the section table, and after everything. */
static bool rest_features(struct nrs_scan *s, const struct nrs_elf *e, uint16_t *x)
{
    uint64_t size = s->in.size, end = e->headers_end < size ? e->headers_end : size, until = size;
    struct nrs_entropy_samples samples;

    for (unsigned i = 0; i < e->n_kept; i++) {
        uint64_t here = e->load[i].offset + nrs_elf_file_bytes(&e->load[i], size);

        if (e->load[i].offset < size && here > end)
            end = here;
    }
    if (x[NRS_P_sect] == 0 && e->sections_at >= end)
        until = e->sections_at;
    nrs_entropy_sample(s, end, until - end, 4, &samples);
    x[NRS_P_ent_rest] = samples.mean;
    if (x[NRS_P_sect] == 0) {
        uint64_t here = sections_end(s, e);

        end = here < end ? end : here < size ? here : size;
    }
    x[NRS_P_overlay] = nrs_log_q3(size - end);
    return nrs_payload_look(s, end);
}

bool nrs_elf_space(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start, uint16_t *x)
{
    memory_features(e, s->in.size, x);
    largest_features(s, e, start, x);
    return rest_features(s, e, x);
}
