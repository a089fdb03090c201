#include "agent/scan/scan.h"

#include <string.h>

#include "agent/core/intmath.h"
#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"
#include "models/base/error.h"

#define FILE_SAMPLES  16
#define START_ENTROPY 512
#define MAGIC         4 /* bytes */

static const struct {
    uint8_t format;
    const struct nrs_schema *schema;
    bool (*look)(struct nrs_scan *, struct nrs_scan_facts *, const uint8_t *head, uint32_t n);
} formats[] = {{NRS_FORMAT_ELF, &nrs_schema_packer, nrs_elf_look},
#if NRS_WITH_PE
               {NRS_FORMAT_PE, &nrs_schema_packer_pe, nrs_pe_look},
#endif
               {NRS_FORMAT_SCRIPT, NULL, nrs_script_look}};

bool nrs_find(const uint8_t *p, uint32_t n, const char *what, uint32_t *at)
{
    uint32_t len = (uint32_t)strlen(what);

    for (uint32_t i = 0; i + len <= n; i++)
        if (memcmp(p + i, what, len) == 0) {
            *at = i + len;
            return true;
        }
    return false;
}

uint8_t nrs_start_bytes(struct nrs_scan *s, uint64_t at, uint16_t bytes[NRS_START_BYTES])
{
    uint32_t got = 0;
    const uint8_t *p = at == UINT64_MAX ? NULL : nrs_reader_some(s, at, START_ENTROPY, &got);

    for (uint32_t i = 0; i < NRS_START_BYTES; i++)
        bytes[i] = i < got ? p[i] : NRS_BYTE_ABSENT;
    return (uint8_t)nrs_entropy(p, got);
}

void nrs_dense_features(struct nrs_scan *s, struct nrs_scan_facts *f, unsigned share, unsigned run)
{
    struct nrs_entropy_samples samples;

    nrs_entropy_sample(s, 0, s->in.size, FILE_SAMPLES, &samples);
    f->x[share] = samples.dense;
    f->x[run] = (uint16_t)nrs_log2_q3(samples.run_kib);
    f->dense_kib = samples.run_kib;
}

/* Executables of formats that no reader here knows are named, so that nobody takes them for judged. */
static const char *other_format(const uint8_t *head, uint32_t n)
{
    static const struct {
        const char *magic, *name;
    } others[] = {{"\xfe\xed\xfa\xce", "Mach-O: not looked at"},
                  {"\xfe\xed\xfa\xcf", "Mach-O: not looked at"},
                  {"\xce\xfa\xed\xfe", "Mach-O: not looked at"},
                  {"\xcf\xfa\xed\xfe", "Mach-O: not looked at"},
                  {"dex\n", "DEX: not looked at"}};
    uint32_t at;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (n > MAGIC && memcmp(head, others[i].magic, MAGIC) == 0)
            return others[i].name;
    if (n > MAGIC && memcmp(head, "PK\3\4", MAGIC) == 0 && nrs_find(head, n, "AndroidManifest.xml", &at))
        return "APK: not looked at";
    return "not an executable";
}

int nrs_scan_look(struct nrs_scan *s, const struct nrs_scan_input *in, struct nrs_scan_facts *facts)
{
    const uint8_t *head;
    uint32_t n;

    memset(facts, 0, sizeof *facts);
    nrs_reader_open(s, in);
    head = nrs_reader_some(s, 0, NRS_SCAN_PIECE, &n);
    if (n == 0 && s->failed)
        return NRS_ERR_IO;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i].look(s, facts, head, n))
            return 0;
    facts->skipped = n == 0 ? "empty" : other_format(head, n);
    return 0;
}
