/* tools/simulate/connect.c - one connection of an actor: sizes, duration, how it ends */
#include "tools/simulate/play.h"

#define PADDING_MAX 4096 /* Merlin's default: read, see README */

uint16_t nrs_sim_ephemeral(const struct nrs_sim_host *h, struct nrs_sim_rng *r)
{
    return (uint16_t)(h->windows ? nrs_sim_rng_between(r, 49152, 65535)
                                 : nrs_sim_rng_between(r, 32768, 60999));
}

static uint16_t origin_port(struct nrs_sim_play *p)
{
    if (p->a->shape.proto == NRS_SIM_ICMP)
        return 8; /* echo request */
    if (p->a->flags & NRS_SIM_SAME_PORT)
        return p->port;
    return nrs_sim_ephemeral(p->host, &p->rng);
}

/* Windows tries a refused port three times, half a second apart, before it tells the program. */
static uint64_t fail(struct nrs_sim_play *p, struct nrs_sim_conn *c)
{
    bool refused = p->failure.refused && c->proto == NRS_SIM_TCP;
    unsigned i, tries = refused && p->host->windows ? 3 : 1;
    uint64_t t = c->ts_us;

    c->end = refused ? NRS_SIM_REJ : NRS_SIM_S0;
    c->tx_pkts = refused ? 1 : p->failure.s0_pkts;
    c->tx = c->proto == NRS_SIM_UDP ? p->tx[0] * (uint64_t)c->tx_pkts : 0;
    c->rx = 0;
    for (i = 0; i < tries; i++) {
        c->ts_us = t;
        c->dur_us = refused ? p->failure.rej_us : p->failure.s0_ms * UINT64_C(1000);
        c->dur_us = nrs_sim_rng_about(&p->rng, c->dur_us, refused ? NRS_SIM_PCT(20) : 2000);
        nrs_sim_world_emit(p->w, c, &p->rng);
        t += c->dur_us + (i + 1 < tries ? 500 * UINT64_C(1000) : 0);
    }
    return t;
}

static uint64_t size(struct nrs_sim_play *p, uint32_t typical)
{
    bool same = p->same_ppm && nrs_sim_rng_chance(&p->rng, p->same_ppm);
    uint64_t bytes = same ? typical : nrs_sim_rng_about(&p->rng, typical, p->a->shape.vary_ppm);

    if (p->a->flags & NRS_SIM_PADDED)
        bytes += nrs_sim_rng_below(&p->rng, PADDING_MAX);
    return bytes;
}

static void fill_exchange(struct nrs_sim_play *p, struct nrs_sim_conn *c, unsigned part)
{
    uint64_t polls = 1;

    if (nrs_sim_rng_chance(&p->rng, p->kinds_ppm))
        part = 1 + (unsigned)nrs_sim_rng_below(&p->rng, 2);
    c->dur_us = nrs_sim_rng_about(&p->rng, p->dur_ms * UINT64_C(1000), NRS_SIM_PCT(15));
    if (p->poll_ms)
        polls = 1 + c->dur_us / (p->poll_ms * UINT64_C(1000));
    c->tx = size(p, p->tx[part % NRS_SIM_FAN_MAX]) * polls;
    c->rx = size(p, p->rx[part % NRS_SIM_FAN_MAX]) * polls;
    if (p->busy) {
        c->rx += nrs_sim_rng_human(&p->rng, 20000, 1800000);
        c->tx += nrs_sim_rng_human(&p->rng, 6000, 1800000);
    }
    c->end = p->a->shape.end;
    if (nrs_sim_rng_chance(&p->rng, p->other_ppm))
        c->end = p->a->shape.other_end;
}

uint64_t nrs_sim_play_connect(struct nrs_sim_play *p, uint64_t t_us, unsigned s, unsigned part,
                              bool *answered)
{
    struct nrs_sim_conn c = {.ts_us = t_us,
                             .orig = p->host->addr,
                             .resp = p->server[s],
                             .rport = p->port,
                             .proto = (uint8_t)p->a->shape.proto,
                             .service = p->a->shape.service,
                             .by = p->a};
    bool dead = p->dead[s] || nrs_sim_mood_outage(p, t_us);

    c.oport = origin_port(p);
    if (answered)
        *answered = !dead;
    if (dead) {
        c.service = c.proto == NRS_SIM_UDP ? c.service : NULL;
        return fail(p, &c);
    }
    fill_exchange(p, &c, part);
    if (c.end == NRS_SIM_S0 || c.end == NRS_SIM_REJ) {
        if (c.proto != NRS_SIM_UDP)
            return fail(p, &c);
        c.rx = 0;
        c.tx_pkts = (uint32_t)nrs_sim_rng_between(&p->rng, 1, 4);
    }
    nrs_sim_world_emit(p->w, &c, &p->rng);
    return t_us + c.dur_us;
}

uint64_t nrs_sim_lookup(struct nrs_sim_world *w, const struct nrs_sim_host *h, struct nrs_sim_rng *r,
                        uint64_t t_us)
{
    struct nrs_sim_conn c = {.ts_us = t_us,
                             .orig = h->addr,
                             .resp = w->resolver,
                             .rport = 53,
                             .proto = NRS_SIM_UDP,
                             .service = "dns",
                             .by = &nrs_sim_resolver_row};

    c.oport = nrs_sim_ephemeral(h, r);
    c.dur_us = nrs_sim_rng_human(r, 15000, 1000000);
    c.tx = nrs_sim_rng_between(r, 28, 60);
    c.rx = c.tx + 16 * nrs_sim_rng_between(r, 1, 8);
    c.end = NRS_SIM_SF;
    nrs_sim_world_emit(w, &c, r);
    return t_us + c.dur_us;
}

uint64_t nrs_sim_play_lookup(struct nrs_sim_play *p, uint64_t t_us)
{
    uint64_t end;

    if (!p->named || t_us < p->name_until_us)
        return t_us;
    end = nrs_sim_lookup(p->w, p->host, &p->rng, t_us);
    p->name_until_us = end + p->name_ttl_us;
    return end;
}
