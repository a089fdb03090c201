/* tests/fuzz/scan_bytes.h - what the fuzz targets of the scanner share: any bytes as a file of one format
 *
 * The magic is put in front, or nothing would get past it. The last byte says how much longer the file was when it
 * was opened. Everything that a scan does with a file is done: facts, rules, a model, both lines. */
#ifndef NRS_FUZZ_SCAN_BYTES_H
#define NRS_FUZZ_SCAN_BYTES_H
#include <stdlib.h>

#include "tests/elf_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define SCAN_FILE_MAX 70000

/* Two outputs, and the start bytes in 16 buckets. */
static inline void scan_model(struct nrs_model *m, const struct nrs_schema *schema)
{
    static const uint8_t shifts[2] = {3, 15};
    static const int8_t weights[32] = {1, -2, 3, -4, 5, -6, 7, 127, 9, 10, -127, 12, 13, 14, 15, 16};

    memset(m, 0, sizeof *m);
    m->schema = schema;
    m->n_outputs = 2;
    m->n_terms = 1;
    m->scale_q31[0] = m->scale_q31[1] = 0x80000000u;
    strcpy(m->output_name[0], "none");
    strcpy(m->output_name[1], "acme");
    m->calibration = (const uint8_t *)"\0\0\0\0\1";
    m->n_calibration = 1;
    m->term[0] = (struct nrs_term){.type = NRS_TERM_GRAMS, .n_a = 1, .n_b = 1, .grams = 15, .bits = 4,
                                   .reach = schema->n_bytes, .shifts = shifts, .weights = weights};
}

static inline int scan_as(const uint8_t *data, size_t n, const void *magic, size_t n_magic, const struct nrs_schema *schema)
{
    static struct nrs_scan scan;
    static struct nrs_scan_facts facts;
    static char line[NRS_SCAN_LINE_MAX];
    static struct nrs_model model;
    struct nrs_scan_result result;
    struct nrs_scan_line l = {.path = "x", .facts = &facts, .result = &result};
    struct scan_bytes bytes = {NULL, n, 0, 0};
    struct nrs_scan_input in = {scan_read, &bytes, n};
    uint8_t *file;

    if (n <= n_magic || n > SCAN_FILE_MAX)
        return 0;
    file = malloc(n);
    if (file == NULL)
        abort();
    memcpy(file, data, n);
    memcpy(file, magic, n_magic);
    bytes.p = file;
    in.size += data[n - 1] < 250 ? 0 : (uint64_t)1 << 8 * (data[n - 1] - 248);
    scan_model(&model, schema);
    if (nrs_scan_look(&scan, &in, &facts) != 0 || bytes.n_read > NRS_SCAN_READ_MAX)
        abort();
    nrs_scan_decide(&facts, &model, &result);
    for (unsigned f = 0; facts.schema != NULL && f < facts.schema->n_features; f++)
        if (facts.x[f] > facts.schema->features[f].max)
            abort();
    if (nrs_scan_write(line, sizeof line, &l) < 0 || nrs_scan_write_features(line, sizeof line, "x", &facts) < 0)
        abort();
    free(file);
    return 0;
}

#endif
