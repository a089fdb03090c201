/* tools/simulate/run_scan.c - scans, inbound and outbound: many strangers, one or two packets each */
#include "tools/simulate/play.h"

static void knock(struct nrs_sim_play *p, struct nrs_sim_conn *c)
{
    uint64_t dice = nrs_sim_rng_below(&p->rng, 100);

    c->end = dice < 55 ? NRS_SIM_S0 : dice < 90 ? NRS_SIM_REJ : NRS_SIM_SF;
    c->tx_pkts = 1;
    c->dur_us = c->end == NRS_SIM_S0 ? 0 : nrs_sim_rng_scale(&p->rng, 50, 900000);
    if (c->end == NRS_SIM_SF) {
        c->tx = nrs_sim_rng_scale(&p->rng, 10, 900);
        c->rx = nrs_sim_rng_scale(&p->rng, 10, 2000);
    }
    nrs_sim_world_emit(p->w, c, &p->rng);
}

static void scan(struct nrs_sim_play *p, bool inbound)
{
    uint64_t t = p->mood.born_us;

    for (;;) {
        struct nrs_sim_conn c = {.rport = p->port, .proto = NRS_SIM_TCP, .by = p->a};
        uint32_t stranger = nrs_sim_public_addr(&p->rng);

        t = nrs_sim_mood_awake(p, t + nrs_sim_clock_gap(&p->clock, &p->rng));
        if (t >= p->mood.dies_us || t >= p->w->to_us)
            return;
        c.ts_us = t;
        c.orig = inbound ? stranger : p->host->addr;
        c.resp = inbound ? p->host->addr : stranger;
        c.oport = (uint16_t)nrs_sim_rng_between(&p->rng, 1024, 65535);
        if (inbound && nrs_sim_rng_chance(&p->rng, NRS_SIM_PCT(50)))
            c.rport = (uint16_t)nrs_sim_rng_scale(&p->rng, 21, 65000);
        knock(p, &c);
    }
}

void nrs_sim_run_scan_in(struct nrs_sim_play *p)
{
    scan(p, true);
}

void nrs_sim_run_scan_out(struct nrs_sim_play *p)
{
    scan(p, false);
}
