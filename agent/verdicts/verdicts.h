/* agent/verdicts/verdicts.h - what the agent reports: numbers, joins, delays and spools
 *
 *   core ------- judgement --> nrs_verdicts_judged ---+--> line --> spool, terminal
 *   programs --- finding ----> nrs_verdicts_read      |
 *                              (the loop judges)      |
 *                              nrs_verdicts_settle ---+
 *
 * A beacon verdict that opens is numbered and reported, and a query to the scanner asks for the owner of its
 * connections. A verdict that an allow rule might still silence (core.h: wait_ms) is pending instead: its
 * line lies in the spool as a pending record until its program is known, or the wait is over, or a rule ends
 * it. A finding that speaks against a file is a verdict of its own (packer), and one together with the beacon
 * verdict of its program (combo).
 *
 * Owes:   every line exactly one event.id; what was reported as open is ended; nothing about a destination
 * that a rule allows.
 * Needs:  nrs_verdicts_read before, and nrs_verdicts_settle after, each nrs_core_tick. Nothing here judges.
 * Memory: the struct, fixed, about 60 KiB, most of it pending lines. Full tables: pending, the verdict is
 *         reported at once; beacons, the oldest that is not pending is forgotten and joins nothing any more;
 *         packed files, the oldest is forgotten and may be reported again; findings, they wait in the
 *         pipe. */
#ifndef NRS_VERDICTS_H
#define NRS_VERDICTS_H
#include <stdbool.h>
#include <stdint.h>

#include "agent/core/core.h"
#include "agent/core/verdict.h"
#include "agent/programs/programs.h"
#include "agent/spool/spool.h"
#include "agent/verdicts/program_lines.h"

#define NRS_VERDICTS_PENDING 16
/* open verdicts that a finding can still join; more than may be pending */
#define NRS_VERDICTS_BEACONS NRS_QUERIES
#define NRS_VERDICTS_PACKED 32   /* packed files reported lately, so that each is reported once */
#define NRS_VERDICTS_FINDINGS 8  /* read, and joined after the next judging */

struct nrs_pending {
    uint32_t d;          /* the verdict's number; 0 = a free place */
    uint64_t until_ns;   /* boot time: reported then, known program or not */
    bool known;          /* its program is known, and no rule ended it */
    int spooled;         /* handle of its pending record, 0 = it is in memory only */
    int len, evidence_len;
    char line[NRS_VERDICT_MAX + 1], evidence[NRS_EVIDENCE_MAX + 1];
};

struct nrs_verdicts_conf {
    const char *host, *boot;       /* of nrs_verdict_id */
    struct nrs_spool *spool;       /* NULL: lines go to standard output */
    struct nrs_programs *programs;
    struct nrs_core *core;
    bool print;                    /* to standard output, too */
    bool evidence;                 /* the matrix as a second line */
};

struct nrs_verdicts {
    struct nrs_verdicts_conf conf;
    uint32_t seq;        /* of the newest record of this boot */
    bool waits;          /* somebody looks for programs, so verdicts may be pending */
    uint32_t n_pending, n_combos;
    struct nrs_pending pending[NRS_VERDICTS_PENDING];
    struct nrs_beacon beacons[NRS_VERDICTS_BEACONS];
    unsigned next_beacon;
    struct {
        uint8_t sha256[32];
        uint32_t seq;    /* of its record, 0 = a free place */
    } packed[NRS_VERDICTS_PACKED];
    unsigned next_packed;
    struct nrs_found findings[NRS_VERDICTS_FINDINGS];
    unsigned n_findings;
};

void nrs_verdicts_init(struct nrs_verdicts *v, const struct nrs_verdicts_conf *conf);

/* A record's identity; each call takes the next number. */
struct nrs_verdict_id nrs_verdicts_next_id(struct nrs_verdicts *v);

/* For nrs_core_tick; arg: struct nrs_verdicts. */
void nrs_verdicts_judged(void *verdicts, const struct nrs_judgement *j);

/* Reads findings and lets the core know the programs. True: judge now, something may have changed. */
bool nrs_verdicts_read(struct nrs_verdicts *v);

/* After judging: joins findings, reports what is pending no longer. */
void nrs_verdicts_settle(struct nrs_verdicts *v, uint64_t boot_ns);

/* Nobody looks for programs any more (the end, or the scanner's end): nothing waits from now on. */
void nrs_verdicts_stop_waiting(struct nrs_verdicts *v);

/* An earlier version kept pending verdicts as files "held-?" beside the spool: into the spool with them. */
void nrs_verdicts_adopt_held(struct nrs_verdicts *v, int spool_dir);

#endif
