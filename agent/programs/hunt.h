/* agent/programs/hunt.h - when to look who has a connection open
 *
 * A beacon's connection may last some 20 ms and come once an hour, and only while it is open can its owner be found. So each
 * question is looked for
 *   - from the first moment on, for NRS_HUNT_FIRST_MS;
 *   - when it is asked again, because its next connection was seen to begin: for NRS_HUNT_AGAIN_MS, which meets connections that
 *     outlast the way that the news takes;
 *   - around the moment at which the connection after that is due, which meets those that do not;
 * until it is answered. Looking is bounded twice: a look is followed by a rest of NRS_HUNT_REST times what it took, so that all hunts
 * together cost 5 % of a core at most; and after NRS_HUNT_ALL_MS of looking, a question gets one look for each time it is asked again.
 *
 * Pure: time is passed in, milliseconds that do not go back. Memory: the struct; a newcomer takes the place that was asked for
 * longest ago. */
#ifndef NRS_HUNT_H
#define NRS_HUNT_H
#include <stddef.h>
#include <stdint.h>

#include "agent/programs/record.h"

#define NRS_HUNTS          NRS_OWNER_MAX
#define NRS_HUNT_FIRST_MS  30000u
#define NRS_HUNT_AGAIN_MS  1500u
#define NRS_HUNT_SPREAD_MS 60000u  /* at most that long before a moment that is due, and after it */
#define NRS_HUNT_ALL_MS    600000u
#define NRS_HUNT_LOOK_MS   5u      /* the rest between two looks, at least */
#define NRS_HUNT_REST      20u

struct nrs_hunt {
    struct nrs_ask ask; /* d 0: a free place */
    uint64_t asked_ms, until_ms;         /* looked for from the one to the other, */
    uint64_t due_from_ms, due_until_ms;  /* and between these */
    uint32_t left_ms;                    /* of NRS_HUNT_ALL_MS */
};

struct nrs_hunts {
    struct nrs_hunt place[NRS_HUNTS]; /* all zero at first */
    uint64_t rest_ms;                 /* the rest ends */
};

/* A question, new or again. */
void nrs_hunts_ask(struct nrs_hunts *h, const struct nrs_ask *a, uint64_t now_ms);

/* When to look next; UINT64_MAX: there is nothing to look for. */
uint64_t nrs_hunts_next_ms(const struct nrs_hunts *h, uint64_t now_ms);

/* What to look for now: connections, and their questions' numbers. Returns how many. */
size_t nrs_hunts_list(const struct nrs_hunts *h, uint64_t now_ms, struct nrs_connection list[NRS_HUNTS], uint32_t d[NRS_HUNTS]);

/* A look at what was listed took so long. */
void nrs_hunts_looked(struct nrs_hunts *h, uint64_t began_ms, uint32_t took_us);

/* This question is answered. */
void nrs_hunts_answered(struct nrs_hunts *h, uint32_t d);

#endif
