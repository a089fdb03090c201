/* tools/simulate/mood.c - when an actor works, rests, moves to another server or changes its period */
#include "tools/simulate/play.h"

#define S   NRS_SIM_S
#define PCT NRS_SIM_PCT

static uint64_t moment(struct nrs_sim_play *p)
{
    return nrs_sim_rng_between(&p->rng, p->w->from_us, p->w->to_us);
}

static void draw_life(struct nrs_sim_play *p, uint32_t born_ppm, uint32_t dies_ppm)
{
    struct nrs_sim_mood *m = &p->mood;
    uint64_t most = (uint64_t)p->w->actor_records * p->clock.period_us / p->fan;
    uint64_t earlier = nrs_sim_rng_below(&p->rng, 3600 * S + p->dur_ms * UINT64_C(1000));

    m->born_us = nrs_sim_rng_chance(&p->rng, born_ppm) ? moment(p) : p->w->from_us - earlier;
    m->dies_us = nrs_sim_rng_chance(&p->rng, dies_ppm) ? nrs_sim_rng_between(&p->rng, m->born_us, p->w->to_us)
                                                       : p->w->to_us;
    if (!most || m->dies_us - m->born_us <= most)
        return;
    m->born_us = nrs_sim_rng_between(&p->rng, m->born_us, m->dies_us - most);
    m->dies_us = m->born_us + most;
}

static void draw_outages(struct nrs_sim_play *p, uint32_t ppm)
{
    unsigned i, n = nrs_sim_rng_chance(&p->rng, ppm)
                        ? 1 + (unsigned)nrs_sim_rng_below(&p->rng, NRS_SIM_OUTAGES_MAX)
                        : 0;

    for (i = 0; i < n; i++) {
        p->mood.outage[i].from_us = moment(p);
        p->mood.outage[i].to_us = p->mood.outage[i].from_us + nrs_sim_rng_scale(&p->rng, 120 * S, 7200 * S);
    }
}

static void draw_rests(struct nrs_sim_play *p)
{
    p->mood.burst_us = nrs_sim_rng_scale(&p->rng, 180 * S, 7200 * S);
    p->mood.rest_us = nrs_sim_rng_scale(&p->rng, 1200 * S, 12 * 3600 * S);
}

/* The office hours of the operator, not of the victim. */
static void draw_working_hours(struct nrs_sim_play *p)
{
    p->mood.work_from_s = (uint32_t)nrs_sim_rng_between(&p->rng, 5 * 3600, 12 * 3600);
    p->mood.work_to_s = p->mood.work_from_s + (uint32_t)nrs_sim_rng_between(&p->rng, 6 * 3600, 11 * 3600);
}

static void draw_retune(struct nrs_sim_play *p)
{
    p->mood.retune_us = moment(p);
    p->mood.retuned_period_us =
        nrs_sim_rng_scale(&p->rng, p->clock.period_us / 8 + S, p->clock.period_us * 8 + S);
}

static void draw_operator(struct nrs_sim_play *p)
{
    struct nrs_sim_rng *r = &p->rng;

    if (nrs_sim_rng_chance(r, PCT(8)))
        draw_working_hours(p);
    else if (nrs_sim_rng_chance(r, PCT(10)))
        draw_rests(p);
    if (nrs_sim_rng_chance(r, PCT(12)))
        draw_retune(p);
    if (p->n_servers > 1)
        p->mood.rotate_us = nrs_sim_rng_scale(r, 1800 * S, 8 * 3600 * S);
}

void nrs_sim_mood_draw(struct nrs_sim_play *p)
{
    bool c2 = p->a->label == NRS_SIM_C2;

    draw_life(p, c2 ? PCT(45) : PCT(35), c2 ? PCT(35) : PCT(30));
    draw_outages(p, c2 ? PCT(10) : PCT(6));
    if (p->a->flags & NRS_SIM_TUNED)
        draw_operator(p);
    if (p->a->flags & NRS_SIM_RESTS)
        draw_rests(p);
    if ((p->a->flags & NRS_SIM_TASKED) && nrs_sim_rng_chance(&p->rng, PCT(35)))
        p->mood.task_ppm = (uint32_t)nrs_sim_rng_scale(&p->rng, 3000, 60000);
    if (p->mood.rotate_us == 0 && p->a->habits.pick == NRS_SIM_STAY && p->n_servers > 1)
        p->mood.rotate_us = nrs_sim_rng_scale(&p->rng, 1800 * S, 24 * 3600 * S);
}

static uint64_t at_work(const struct nrs_sim_mood *m, uint64_t t_us)
{
    uint64_t day = t_us / NRS_SIM_DAY * NRS_SIM_DAY, phase;

    if (m->work_to_s) {
        if (t_us < day + m->work_from_s * S)
            return day + m->work_from_s * S;
        if (t_us >= day + m->work_to_s * S)
            return day + NRS_SIM_DAY + m->work_from_s * S;
    }
    if (!m->rest_us || t_us < m->born_us)
        return t_us;
    phase = (t_us - m->born_us) % (m->burst_us + m->rest_us);
    return phase < m->burst_us ? t_us : t_us - phase + m->burst_us + m->rest_us;
}

uint64_t nrs_sim_mood_awake(const struct nrs_sim_play *p, uint64_t t_us)
{
    uint64_t t = t_us, before;

    /* Two calendars may push each other; after a week without a common hour the actor is never seen. */
    do {
        before = t;
        t = at_work(&p->mood, nrs_sim_host_awake(p->w, p->host, t));
    } while (t != before && t < t_us + 7 * NRS_SIM_DAY);
    return t;
}

bool nrs_sim_mood_outage(const struct nrs_sim_play *p, uint64_t t_us)
{
    unsigned i;

    for (i = 0; i < NRS_SIM_OUTAGES_MAX; i++)
        if (t_us >= p->mood.outage[i].from_us && t_us < p->mood.outage[i].to_us)
            return true;
    return false;
}

unsigned nrs_sim_mood_server(const struct nrs_sim_play *p, uint64_t t_us)
{
    if (!p->mood.rotate_us || t_us < p->mood.born_us)
        return 0;
    return (unsigned)((t_us - p->mood.born_us) / p->mood.rotate_us % p->n_servers);
}
