/* tools/simulate/timing.h - how long software waits between two check-ins
 *
 * p = period, j = jitter as a share of it. Times are microseconds. The formulas and their sources are in the
 * README; every law keeps its documented range exactly, which tests/property/test_sim_timing.c holds it to.
 */
#ifndef NRS_SIM_TIMING_H
#define NRS_SIM_TIMING_H
#include "tools/simulate/rng.h"

#define NRS_SIM_S UINT64_C(1000000) /* one second */

enum nrs_sim_law {
    NRS_SIM_STEADY,    /* bell of deviation p*j: clockwork when j is small */
    NRS_SIM_ONE_SIDED, /* [p(1-j), p]: Cobalt Strike */
    NRS_SIM_ADDITIVE,  /* [p, p(1+j)): Sliver */
    NRS_SIM_SYMMETRIC, /* [p(1-j), p(1+j)]: Empire, PoshC2, Merlin's skew */
    NRS_SIM_HUMAN,     /* log-normal, median p, deviation j of the logarithm: people, queues */
    NRS_SIM_RANDOM,    /* exponential, mean p: independent events */
    NRS_SIM_BACKOFF    /* p, doubling every few steps up to 32 p, then steady: ntpd, polite retries */
};

/* A row's ranges; one clock is drawn from it for every actor at work. */
struct nrs_sim_timing {
    enum nrs_sim_law law;
    struct nrs_sim_span period_ms;
    struct nrs_sim_span jitter_ppm;
};

struct nrs_sim_clock {
    enum nrs_sim_law law;
    uint64_t period_us;
    uint32_t jitter_ppm;
    uint32_t steps; /* BACKOFF: gaps since the last reset */
    uint32_t hold;  /* BACKOFF: gaps at each rate */
};

void nrs_sim_clock_init(struct nrs_sim_clock *c, const struct nrs_sim_timing *t, struct nrs_sim_rng *r);

/* The next gap, at least 1 ms. */
uint64_t nrs_sim_clock_gap(struct nrs_sim_clock *c, struct nrs_sim_rng *r);

/* BACKOFF starts again at its shortest gap; nothing for the others. */
void nrs_sim_clock_reset(struct nrs_sim_clock *c);

const char *nrs_sim_law_name(enum nrs_sim_law law);

#endif
