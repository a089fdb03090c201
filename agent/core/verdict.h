/* agent/core/verdict.h - a judgement as one JSON line
 *
 * The line is flat ECS names plus one small object (agent/VERDICT.md is its contract): about 450 bytes, never
 * above NRS_VERDICT_MAX with the newline. Strings from outside are escaped here and nowhere else. The writer
 * is integer-only and allocates nothing. */
#ifndef NRS_VERDICT_H
#define NRS_VERDICT_H
#include <stddef.h>
#include <stdint.h>

#include "agent/core/core.h"

#define NRS_VERDICT_MAX 1024  /* bytes, newline included, NUL not */
#define NRS_EVIDENCE_MAX 1536

struct nrs_verdict_id {
    const char *host;   /* host.id, [A-Za-z0-9._-]{1,64} */
    const char *boot;   /* distinguishes starts of one host, [a-z0-9]{1,16} */
    uint32_t seq;       /* grows by one a record within a boot; event.id = host-boot-seq(hex) */
    uint64_t wall_ns;   /* @timestamp */
};

/* Each writes one line ending in '\n' (and a NUL after it) and returns its length without the NUL, or
 * NRS_ERR_SPACE. */
int nrs_verdict_write(char *buf, size_t cap, const struct nrs_judgement *j, const struct nrs_verdict_id *id);

/* The whole matrix of the judged destination; `of` is the event.id sequence of the verdict it belongs to.
 * NRS_ERR_RANGE if the judgement has no matrix. */
int nrs_evidence_write(char *buf, size_t cap, const struct nrs_judgement *j, const struct nrs_verdict_id *id,
                       uint32_t of);

/* The short form for `--all` (DESIGN: replay output): key, event.kind, noroshi.{from,n,score}. from_s: start
 * of the window in epoch seconds. */
int nrs_row_write(char *buf, size_t cap, const struct nrs_judgement *j, uint64_t from_s);

/* Writes what could not be seen as `cov` has it: "full" for no bit, else the words "lossy", "no-udp",
 * "closer-only" of the bits (enum nrs_coverage) in this order, joined by commas. Unknown bits have no word.
 * Returns `text`. */
#define NRS_COVERAGE_TEXT 33 /* bytes with the NUL: the collector takes 32 characters */
const char *nrs_coverage_write(char text[NRS_COVERAGE_TEXT], uint8_t bits);

/* "192.0.2.1" or "2001:db8::1" (RFC 5952); cap at least 46. Returns the length. */
int nrs_addr_write(char *buf, size_t cap, const struct nrs_addr *a);

#endif
