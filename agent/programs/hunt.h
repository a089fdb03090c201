/* agent/programs/hunt.h - when to look who has a connection open
 *
 * A beacon's connection may last some 20 ms and come once an hour, and only while it is open can its owner be
 * found. So the scanner looks for the owner of each query
 *   - from the first moment on, for NRS_HUNT_FIRST_MS;
 *   - when the query is sent again, because the next connection was seen to begin: for NRS_HUNT_AGAIN_MS.
 *     This finds the owners of connections that last longer than the news of them needs to arrive;
 *   - around the moment at which the connection after that is due. This finds the owners of short ones;
 * until the query is answered. The cost is bounded twice. A look is followed by a rest of NRS_HUNT_REST times
 * its duration, so that all hunts together cost 5 % of a core at most. After NRS_HUNT_ALL_MS of looking, a
 * query gets one look for each time that it is sent again.
 *
 * Pure: time is passed in, in milliseconds that do not go back. Memory: the struct; a new query takes the
 * place of the query that was sent longest ago. */
#ifndef NRS_HUNT_H
#define NRS_HUNT_H
#include <stddef.h>
#include <stdint.h>

#include "agent/programs/record.h"

#define NRS_HUNTS          NRS_OWNER_MAX
#define NRS_HUNT_FIRST_MS  30000u
#define NRS_HUNT_AGAIN_MS  1500u
#define NRS_HUNT_SPREAD_MS 60000u  /* the longest time before and after a due moment */
#define NRS_HUNT_ALL_MS    600000u
#define NRS_HUNT_LOOK_MS   5u      /* the shortest rest between two looks */
#define NRS_HUNT_REST      20u

struct nrs_hunt {
    struct nrs_ask ask; /* d 0: a free place */
    uint64_t asked_ms, until_ms;         /* the query was sent; the scanner looks until then, */
    uint64_t due_from_ms, due_until_ms;  /* and again from the one to the other */
    uint32_t left_ms;                    /* remaining of NRS_HUNT_ALL_MS */
};

struct nrs_hunts {
    struct nrs_hunt place[NRS_HUNTS]; /* all zero at first */
    uint64_t rest_ms;                 /* time at which the rest ends */
};

/* A query arrived: a new one, or one that is sent again. */
void nrs_hunts_ask(struct nrs_hunts *h, const struct nrs_ask *a, uint64_t now_ms);

/* The time of the next look; UINT64_MAX: no query is open. */
uint64_t nrs_hunts_next_ms(const struct nrs_hunts *h, uint64_t now_ms);

/* What to look for now: connections, and the numbers of their queries. Returns how many. */
size_t nrs_hunts_list(const struct nrs_hunts *h, uint64_t now_ms, struct nrs_connection list[NRS_HUNTS],
                      uint32_t d[NRS_HUNTS]);

/* The scanner has looked for the listed connections; the look began at began_ms and lasted took_us. */
void nrs_hunts_looked(struct nrs_hunts *h, uint64_t began_ms, uint32_t took_us);

/* Query d is answered. */
void nrs_hunts_answered(struct nrs_hunts *h, uint32_t d);

#endif
