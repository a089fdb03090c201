/* tools/simulate/run_checkins.c - wait, check in, wait: the engine of all that comes back */
#include "tools/simulate/play.h"

/* Down the list from the server that answered last; a whole list of dead ones ends the check-in. */
static uint64_t walk(struct nrs_sim_play *p, uint64_t t_us)
{
    unsigned i;
    bool answered = false;

    for (i = 0; i < p->n_servers && !answered; i++) {
        unsigned s = (p->turn + i) % p->n_servers;

        t_us = nrs_sim_play_connect(p, t_us, s, 0, &answered);
        if (answered)
            p->turn = s;
        else
            t_us += nrs_sim_rng_scale(&p->rng, 50000, 1500000);
    }
    return t_us;
}

static unsigned pick(struct nrs_sim_play *p, uint64_t t_us)
{
    switch (p->a->habits.pick) {
    case NRS_SIM_ROUND: return p->turn++ % p->n_servers;
    case NRS_SIM_MIX: return (unsigned)nrs_sim_rng_below(&p->rng, p->n_servers);
    default: return nrs_sim_mood_server(p, t_us);
    }
}

static uint64_t visit(struct nrs_sim_play *p, uint64_t t_us, unsigned s)
{
    unsigned jobs = p->a->flags & NRS_SIM_JOBS ? (unsigned)nrs_sim_rng_scale(&p->rng, 1, 6) : 1, i;
    uint64_t end = t_us, done;

    for (i = 0; i < p->fan * jobs; i++) {
        done = nrs_sim_play_connect(p, t_us, s, i % p->fan, NULL);
        end = done > end ? done : end;
        if (p->a->flags & NRS_SIM_JOBS)
            t_us = done;
        t_us += (uint64_t)nrs_sim_rng_span(&p->rng, p->fan_ms) * 1000;
    }
    return end;
}

static uint64_t check_in(struct nrs_sim_play *p, uint64_t t_us)
{
    uint64_t start = nrs_sim_play_lookup(p, t_us);

    return p->a->habits.pick == NRS_SIM_WALK ? walk(p, start) : visit(p, start, pick(p, t_us));
}

static void follow_orders(struct nrs_sim_play *p, uint64_t t_us)
{
    if (p->mood.retune_us && t_us >= p->mood.retune_us) {
        p->clock.period_us = p->mood.retuned_period_us;
        p->mood.retune_us = 0;
    }
    if (p->busy)
        p->busy--;
    else if (p->mood.task_ppm && nrs_sim_rng_chance(&p->rng, p->mood.task_ppm))
        p->busy = (unsigned)nrs_sim_rng_between(&p->rng, 1, 12);
}

static uint64_t next(struct nrs_sim_play *p, uint64_t began_us, uint64_t ended_us)
{
    uint64_t gap = nrs_sim_clock_gap(&p->clock, &p->rng), period = p->clock.period_us;

    if (p->busy && gap > 2 * NRS_SIM_S)
        gap = nrs_sim_rng_scale(&p->rng, gap / 20 + 1000, gap);
    if (p->a->flags & NRS_SIM_SLEEPS)
        return ended_us + gap;
    if (p->a->flags & NRS_SIM_CRON)
        return (began_us / period + 1) * period + nrs_sim_rng_below(&p->rng, NRS_SIM_S / 2);
    return began_us + gap;
}

void nrs_sim_run_checkins(struct nrs_sim_play *p)
{
    uint64_t t = p->mood.born_us + nrs_sim_rng_below(&p->rng, p->clock.period_us + 1), began;

    for (;;) {
        t = nrs_sim_mood_awake(p, t);
        if (t >= p->mood.dies_us || t >= p->w->to_us)
            return;
        began = t;
        if (!nrs_sim_rng_chance(&p->rng, p->miss_ppm))
            t = check_in(p, t);
        t = next(p, began, t);
        follow_orders(p, t);
    }
}
