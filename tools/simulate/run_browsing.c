/* tools/simulate/run_browsing.c - people read pages: a page is one site and some of its helpers, then a pause
 */
#include "tools/simulate/play.h"

#define SITES_MAX 200

struct browser {
    struct nrs_sim_play *p;
    uint32_t site[SITES_MAX];
    unsigned n_sites;
    uint32_t think_ms;
};

/* A few sites get most visits: the square of a uniform draw leans to the front of the list. */
static uint32_t favourite(struct browser *b)
{
    uint64_t u = nrs_sim_rng_below(&b->p->rng, 65536);

    return b->site[u * u / 65536 * b->n_sites / 65536];
}

static uint64_t fetch(struct browser *b, uint64_t t_us, uint32_t addr)
{
    struct nrs_sim_play *p = b->p;
    bool quic = nrs_sim_rng_chance(&p->rng, NRS_SIM_PCT(18)),
         plain = !quic && nrs_sim_rng_chance(&p->rng, NRS_SIM_PCT(9));
    struct nrs_sim_conn c = {.orig = p->host->addr, .resp = addr, .by = p->a};

    c.ts_us =
        nrs_sim_rng_chance(&p->rng, NRS_SIM_PCT(35)) ? nrs_sim_lookup(p->w, p->host, &p->rng, t_us) : t_us;
    c.oport = nrs_sim_ephemeral(p->host, &p->rng);
    c.rport = plain ? 80 : 443;
    c.proto = quic ? NRS_SIM_UDP : NRS_SIM_TCP;
    c.service = quic ? "quic,ssl" : plain ? "http" : "ssl";
    c.dur_us = nrs_sim_rng_human(&p->rng, 3 * NRS_SIM_S, 1800000);
    c.tx = 400 + nrs_sim_rng_human(&p->rng, 1500, 900000);
    c.rx = 300 + nrs_sim_rng_human(&p->rng, 9000, 1700000);
    c.end =
        (uint8_t)(nrs_sim_rng_chance(&p->rng, NRS_SIM_PCT(80)) ? NRS_SIM_SF
                                                               : NRS_SIM_S3 + nrs_sim_rng_below(&p->rng, 3));
    nrs_sim_world_emit(p->w, &c, &p->rng);
    return c.ts_us;
}

/* Browsers often open up to six connections to one site at once. */
static uint64_t fetch_from(struct browser *b, uint64_t t_us, uint32_t addr)
{
    struct nrs_sim_rng *r = &b->p->rng;
    uint64_t n = nrs_sim_rng_chance(r, NRS_SIM_PCT(25)) ? nrs_sim_rng_between(r, 2, 6) : 1, i;

    for (i = 0; i < n; i++)
        t_us = fetch(b, t_us + nrs_sim_rng_scale(r, 200, 50000), addr);
    return t_us;
}

static uint64_t open_page(struct browser *b, uint64_t t_us)
{
    uint64_t helpers = nrs_sim_rng_below(&b->p->rng, 9), i;

    t_us = fetch_from(b, t_us, favourite(b));
    for (i = 0; i < helpers; i++) {
        t_us += nrs_sim_rng_scale(&b->p->rng, 2000, 900000);
        t_us = fetch_from(b, t_us, favourite(b));
    }
    return t_us;
}

static uint64_t session(struct browser *b, uint64_t t_us)
{
    uint64_t pages = nrs_sim_rng_human(&b->p->rng, 6, 900000), i;

    for (i = 0; i < pages && t_us < b->p->mood.dies_us; i++)
        t_us = open_page(b, t_us) + nrs_sim_rng_human(&b->p->rng, b->think_ms * UINT64_C(1000), 1100000);
    return t_us;
}

void nrs_sim_run_browsing(struct nrs_sim_play *p)
{
    struct browser b = {.p = p};
    uint64_t t = p->mood.born_us;
    unsigned i;

    b.n_sites = (unsigned)nrs_sim_rng_scale(&p->rng, 15, SITES_MAX);
    b.think_ms = (uint32_t)nrs_sim_rng_scale(&p->rng, 8000, 60000);
    for (i = 0; i < b.n_sites; i++)
        b.site[i] = nrs_sim_public_addr(&p->rng);
    for (;;) {
        t = nrs_sim_mood_awake(p, t + nrs_sim_clock_gap(&p->clock, &p->rng));
        if (t >= p->mood.dies_us || t >= p->w->to_us)
            return;
        t = session(&b, t);
    }
}
