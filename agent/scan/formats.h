/* agent/scan/formats.h - one function for each format that is read, and what they share
 *
 * A reader of a format gets the first bytes of a file, which stay valid until it reads on. It returns
 * false and leaves the facts alone if the file is not of its format; else it fills them, `skipped`
 * included. */
#ifndef NRS_SCAN_FORMATS_H
#define NRS_SCAN_FORMATS_H
#include "agent/core/intmath.h"
#include "agent/scan/scan.h"

bool nrs_elf_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n);
bool nrs_pe_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n);
bool nrs_script_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n);

/* Numbers of a file as features. */
static inline uint16_t nrs_bounded(uint64_t v, uint16_t max)
{
    return v < max ? (uint16_t)v : max;
}

static inline uint16_t nrs_share_255(uint64_t part, uint64_t whole)
{
    return (uint16_t)nrs_share(part, whole, 255, 255);
}

static inline uint16_t nrs_log_q3(uint64_t v)
{
    return (uint16_t)nrs_log2_q3(v > UINT32_MAX ? UINT32_MAX : (uint32_t)v);
}

/* Looks for `what` (no NUL within) among n bytes; *at is what follows it. */
bool nrs_find(const uint8_t *p, uint32_t n, const char *what, uint32_t *at);

/* Fills the start bytes of a vector from `at` on (UINT64_MAX: there are none); returns the entropy of 512
 * bytes there. */
uint8_t nrs_start_bytes(struct nrs_scan *s, uint64_t at, uint16_t bytes[NRS_START_BYTES]);

/* Samples the whole file: the two features, and the hint in KiB. */
void nrs_dense_features(struct nrs_scan *s, struct nrs_scan_facts *f, unsigned share, unsigned run);

#endif
