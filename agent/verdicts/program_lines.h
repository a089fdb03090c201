/* agent/verdicts/program_lines.h - the verdict on a file, and the joined verdict on a file that beacons, as
 * lines
 *
 * agent/VERDICT.md has the format. Each function writes one line ending in '\n' (and a NUL after it) and
 * returns its length without the NUL, or NRS_ERR_SPACE; cap is NRS_VERDICT_MAX + 1. A path that does not fit
 * loses its front. */
#ifndef NRS_PROGRAM_LINES_H
#define NRS_PROGRAM_LINES_H
#include <stddef.h>
#include <stdint.h>

#include "agent/core/verdict.h"
#include "agent/programs/record.h"

/* What a joined verdict repeats of its beacon verdict. */
struct nrs_beacon {
    uint32_t d;      /* the verdict's number; 0 = a free place */
    uint32_t seq;    /* of its opening record */
    uint32_t serial; /* of the model */
    struct nrs_connection connection;
    uint32_t n, period_ms, jitter_pct;
    uint8_t risk;
};

int nrs_packer_line(char *buf, size_t cap, const struct nrs_found *f, const struct nrs_verdict_id *id);

/* packer: the record of the file, 0 = it is not packed. */
int nrs_combo_line(char *buf, size_t cap, const struct nrs_found *f, const struct nrs_beacon *b,
                   uint32_t packer, const struct nrs_verdict_id *id);

/* The joined verdict's risk, 0..99: every mark halves what is missing to 100; tampered and deleted halve it
 * twice. */
uint8_t nrs_combo_risk(uint8_t beacon, uint8_t marks);

#endif
