/* agent/programs/programs.h - the agent's side of the scanner process: asks who owns a flagged destination, joins the answers
 *
 * When a beacon verdict opens, its destination is asked for; the answer, a file, becomes a verdict of its own if
 * something speaks against the file (record.h: enum nrs_mark), and names its parents. Nothing here waits for the scanner.
 * If it ends (killed, a fault), the agent goes on without; it cannot start another one, because its rights are gone.
 *
 * While a rule of `allow` names a program, a verdict may be held until its program is known (core.h: nrs_core_hold); held.c
 * keeps it on disk meanwhile.
 *
 * Memory: the struct, fixed. NRS_QUERIES destinations await an answer; a newcomer takes the place of the oldest
 * that is not held.
 * A build without the scanner has none/watch_none.c instead of this room. */
#ifndef NRS_PROGRAMS_H
#define NRS_PROGRAMS_H
#include <stdbool.h>
#include <stdint.h>

#include "agent/config/config.h"
#include "agent/core/core.h"
#include "agent/core/verdict.h"
#include "agent/programs/record.h"

#define NRS_QUERIES  32
#define NRS_QUERY_AGAIN_NS UINT64_C(200000000) /* the same is asked at most that often */
#define NRS_PACKED_KNOWN 32 /* packed files reported lately, so that a walk and an owner are one record */

struct nrs_query { /* of a beacon verdict, what its joined verdict repeats; d 0: a free place */
    uint32_t d, seq, serial;
    struct nrs_connection connection;
    uint32_t n, period_ms, jitter_pct;
    uint8_t risk;
    bool held;        /* not told yet, as record `seq` it will be */
    bool hunted;      /* not answered yet */
    uint64_t asked_ns;
};

struct nrs_programs {
    int fd;                     /* -1 = no scanner */
    const char *state;          /* for people: "on", "off", "ended" */
    struct nrs_why note;        /* one line on the start, "" = nothing to say */
    int untold;                 /* 0: the kernel tells it what starts; else it walks only, an errno says why; -1: not known yet */
    struct nrs_programs_counts counts;
    uint32_t joined;            /* combo verdicts */
    struct nrs_query asked[NRS_QUERIES];
    unsigned next_asked;
    struct {
        uint8_t sha256[32];
        uint32_t seq;           /* of its packer record, 0 = free */
    } packed[NRS_PACKED_KNOWN];
    unsigned next_packed;
};

/* Starts the scanner, before anything else is opened. Without one (switched off, not possible here) fd is -1, and
 * everything below does nothing. */
void nrs_programs_start(struct nrs_programs *w, const struct nrs_config *c);

/* A beacon verdict was told as record `seq`, or is held and will be. */
struct nrs_query *nrs_programs_query(struct nrs_programs *w, const struct nrs_judgement *j, uint32_t seq);

/* A connection begins: if it is one whose owner is looked for, the scanner gets to know, and when the next one is due. */
void nrs_programs_flow(struct nrs_programs *w, const struct nrs_flow *f);

/* What was asked of the verdict d; NULL = nothing, or it is forgotten. */
struct nrs_query *nrs_programs_query_of(struct nrs_programs *w, uint32_t d);

/* The next finding. 1; 0: nothing more for now; -1: the scanner has ended (once). */
int nrs_programs_next(struct nrs_programs *w, struct nrs_found *f);

/* The record in which this file was told as packed, 0 = none; and that it was. */
uint32_t nrs_packed_record(const struct nrs_programs *w, const struct nrs_found *f);
void nrs_packed_note(struct nrs_programs *w, const struct nrs_found *f, uint32_t seq);


/* The verdict on a file by itself, and the joined one: a line each, as nrs_verdict_write does (agent/VERDICT.md). packer:
 * the record of the file, 0 = it is not packed. */
int nrs_programs_write_packer(char *buf, size_t cap, const struct nrs_found *f, const struct nrs_verdict_id *id);
int nrs_programs_write_combo(char *buf, size_t cap, const struct nrs_found *f, const struct nrs_query *a, uint32_t packer,
                          const struct nrs_verdict_id *id);

/* The joined verdict's risk: every mark halves what is left to 100, tampered and deleted halve it twice; at most 99. */
uint8_t nrs_programs_risk(uint8_t beacon, uint8_t marks);

void nrs_programs_close(struct nrs_programs *w);

#endif
