/* agent/programs/programs.h - the agent's side of the scanner process: who has this connection open, and what
 * runs here
 *
 * The scanner process (scanner_process.h) looks at programs that start and at the owners of connections. This
 * room sends it queries and returns its findings (record.h). It knows no verdicts: what a finding means is
 * the business of agent/verdicts/. Nothing here waits for the scanner. If the scanner ends (killed, a fault),
 * the agent goes on without it; it cannot start another one, because its rights are gone.
 *
 * Memory: the struct, fixed. NRS_QUERIES queries are open at once; a new one takes the place of the oldest.
 * A build without the scanner has none/programs_none.c instead of this room's sources. */
#ifndef NRS_PROGRAMS_H
#define NRS_PROGRAMS_H
#include <stdbool.h>
#include <stdint.h>

#include "agent/config/config.h"
#include "agent/programs/record.h"
#include "models/base/why.h"
#include "platform/flow.h"

#define NRS_QUERIES 32
#define NRS_QUERY_AGAIN_NS UINT64_C(200000000) /* a query is sent again at most that often */

struct nrs_query { /* whose connection is this? */
    uint32_t d;           /* number of the verdict that it is for; 0 = a free place */
    struct nrs_connection connection;
    /* of its connections, so that the scanner looks when the next one is due */
    uint32_t period_ms, jitter_pct;
    uint64_t sent_ns;     /* boot time, the latest time */
};

struct nrs_programs {
    int fd;               /* -1 = no scanner */
    const char *state;    /* for people: "on", "off", "ended", "not built" */
    struct nrs_why note;  /* one line on the start, "" = nothing to say */
    /* 0: the kernel notifies the scanner of programs that start; an errno: why not; -1: not known yet */
    int notice_error;
    unsigned walk_s;      /* of the configuration, for the line that says what the scanner sees */
    struct nrs_programs_counts counts;
    struct nrs_query queries[NRS_QUERIES];
    unsigned next_query;
};

/* Starts the scanner, before anything else is opened. Without one (switched off, not possible here) fd is -1,
 * and everything below does nothing. */
void nrs_programs_start(struct nrs_programs *p, const struct nrs_config *c);

/* Opens a query for verdict d. */
void nrs_programs_query(struct nrs_programs *p, uint32_t d, const struct nrs_connection *c,
                        uint32_t period_ms, uint32_t jitter_pct);

/* The verdict is over: its query, if one is open, is closed. */
void nrs_programs_forget(struct nrs_programs *p, uint32_t d);

/* A connection begins: if a query is open for it, the scanner gets to know, and when the next one is due. */
void nrs_programs_flow(struct nrs_programs *p, const struct nrs_flow *f);

/* The next finding; one that answers a query closes it. 1; 0: nothing more for now; -1: the scanner has ended
 * (once). */
int nrs_programs_next(struct nrs_programs *p, struct nrs_found *f);

void nrs_programs_close(struct nrs_programs *p);

#endif
