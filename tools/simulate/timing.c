/* tools/simulate/timing.c - how long software waits between two check-ins */
#include "tools/simulate/timing.h"

#define DOUBLINGS 5 /* 64 s to 2,048 s */

void nrs_sim_clock_init(struct nrs_sim_clock *c, const struct nrs_sim_timing *t, struct nrs_sim_rng *r)
{
    c->law = t->law;
    c->period_us = (uint64_t)nrs_sim_rng_span(r, t->period_ms) * 1000;
    c->jitter_ppm = (uint32_t)nrs_sim_rng_between(r, t->jitter_ppm.lo, t->jitter_ppm.hi);
    c->hold = (uint32_t)nrs_sim_rng_between(r, 1, 12);
    c->steps = (uint32_t)nrs_sim_rng_below(r, (uint64_t)c->hold * (DOUBLINGS + 1));
}

static uint64_t share(uint64_t us, uint32_t ppm)
{
    return us / NRS_SIM_MILLION * ppm + us % NRS_SIM_MILLION * ppm / NRS_SIM_MILLION;
}

static uint64_t steady(uint64_t period_us, uint32_t jitter_ppm, struct nrs_sim_rng *r)
{
    int64_t off = (int64_t)share(period_us, jitter_ppm) * nrs_sim_rng_bell_q16(r) / 65536;
    int64_t gap = (int64_t)period_us + off;

    return gap > 0 ? (uint64_t)gap : 0;
}

static uint64_t backoff(struct nrs_sim_clock *c, struct nrs_sim_rng *r)
{
    uint32_t doublings = c->steps / c->hold;

    if (doublings >= DOUBLINGS)
        return steady(c->period_us << DOUBLINGS, c->jitter_ppm, r);
    c->steps++;
    return steady(c->period_us << doublings, c->jitter_ppm, r);
}

static uint64_t draw(struct nrs_sim_clock *c, struct nrs_sim_rng *r)
{
    uint64_t p = c->period_us, part = share(p, c->jitter_ppm);

    switch (c->law) {
    case NRS_SIM_STEADY: return steady(p, c->jitter_ppm, r);
    case NRS_SIM_ONE_SIDED: return nrs_sim_rng_between(r, p - (part > p ? p : part), p);
    case NRS_SIM_ADDITIVE: return p + nrs_sim_rng_below(r, part + 1);
    case NRS_SIM_SYMMETRIC: return nrs_sim_rng_about(r, p, c->jitter_ppm);
    case NRS_SIM_HUMAN: return nrs_sim_rng_human(r, p, c->jitter_ppm);
    case NRS_SIM_RANDOM: return nrs_sim_rng_wait(r, p);
    case NRS_SIM_BACKOFF: return backoff(c, r);
    }
    return p;
}

uint64_t nrs_sim_clock_gap(struct nrs_sim_clock *c, struct nrs_sim_rng *r)
{
    uint64_t gap = draw(c, r);

    return gap < 1000 ? 1000 : gap;
}

void nrs_sim_clock_reset(struct nrs_sim_clock *c)
{
    c->steps = 0;
}

const char *nrs_sim_law_name(enum nrs_sim_law law)
{
    static const char *const name[] = {"steady", "one-sided", "additive", "symmetric",
                                       "human",  "random",    "back-off"};

    return name[law];
}
