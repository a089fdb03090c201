/* tools/simulate/play.c - draws what one installation of an actor looks like */
#include "tools/simulate/play.h"
#include <string.h>

#define PCT NRS_SIM_PCT

/* What operators type: the team-server scan of 2020 and common guides in the README. */
static const uint16_t round_sleep_s[] = {1,  2,  3,   5,   10,  15,  20,  30,  45,   60,
                                         60, 90, 120, 180, 300, 300, 600, 900, 1800, 3600};
static const uint16_t round_jitter_pct[] = {0, 0, 0, 0, 5, 10, 10, 15, 20, 20, 25, 30, 37, 50, 80};

#define PICK(r, list) ((list)[nrs_sim_rng_below((r), sizeof(list) / sizeof((list)[0]))])

static void tune(struct nrs_sim_play *p)
{
    struct nrs_sim_rng *r = &p->rng;
    uint64_t dice = nrs_sim_rng_below(r, 100);

    if (dice < 30)
        return;
    if (dice < 65)
        p->clock.period_us = PICK(r, round_sleep_s) * NRS_SIM_S;
    else
        p->clock.period_us = nrs_sim_rng_scale(r, p->clock.period_us / 2, p->clock.period_us * 60);
    p->clock.jitter_ppm = PCT((uint32_t)PICK(r, round_jitter_pct));
}

/* A check-in every six hours cannot be told in an hour; most implants should be seen often enough to learn
 * from. */
static void draw_clock(struct nrs_sim_play *p)
{
    unsigned tries = 4;

    do {
        nrs_sim_clock_init(&p->clock, &p->a->timing, &p->rng);
        if (p->a->flags & NRS_SIM_TUNED)
            tune(p);
    } while (p->a->label == NRS_SIM_C2 && p->clock.period_us > (p->w->to_us - p->w->from_us) / 12 && --tries);
}

static uint32_t place_addr(struct nrs_sim_play *p, struct nrs_sim_rng *r)
{
    const struct nrs_sim_world *w = p->w;

    switch (p->a->shape.place) {
    case NRS_SIM_AT_PUBLIC: break;
    case NRS_SIM_AT_LAN: return nrs_sim_lan_addr(w, r);
    case NRS_SIM_AT_GATEWAY: return w->gateway;
    case NRS_SIM_AT_RESOLVER: return w->resolver;
    case NRS_SIM_AT_BROADCAST: return 0xFFFFFFFFu;
    case NRS_SIM_AT_SUBNET: return w->lan + 255;
    case NRS_SIM_AT_MDNS: return 0xE00000FBu;
    case NRS_SIM_AT_SSDP: return 0xEFFFFFFAu;
    }
    return nrs_sim_public_addr(r);
}

static uint64_t name_hash(const char *s)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    while (*s)
        h = (h ^ (uint8_t)*s++) * UINT64_C(0x100000001B3);
    return h;
}

static void draw_servers(struct nrs_sim_play *p)
{
    const struct nrs_sim_habits *h = &p->a->habits;
    struct nrs_sim_rng shared, *r = &p->rng;
    bool lab = p->a->label == NRS_SIM_C2 && nrs_sim_rng_chance(r, PCT(12));
    uint32_t dead_ppm = nrs_sim_rng_span(r, h->dead_ppm);
    unsigned i;

    if (p->a->flags & NRS_SIM_CENTRAL) {
        nrs_sim_rng_seed(&shared, p->w->seed, name_hash(p->a->name));
        r = &shared;
    }
    p->n_servers = (unsigned)nrs_sim_rng_between(r, h->servers.lo ? h->servers.lo : 1,
                                                 h->servers.hi ? h->servers.hi : 1);
    for (i = 0; i < p->n_servers; i++) {
        p->server[i] = lab ? nrs_sim_lan_addr(p->w, r) : place_addr(p, r);
        p->dead[i] = nrs_sim_rng_chance(r, dead_ppm);
    }
}

static void draw_failure(struct nrs_sim_play *p)
{
    /* Unanswered: XP and 7 send 3 SYNs in 9 s, 10 sends up to 5 in 21 s, Linux 4 to 7; a sensor that gives up
     * early or a short timeout shows fewer (measured: 2 in 3.0 s, 3 in 9.01 s, 1). */
    static const struct {
        uint32_t ms, pkts;
    } unanswered[] = {{3000, 2},  {9010, 3},  {3100, 1}, {21000, 5}, {7100, 4},
                      {15200, 5}, {31000, 6}, {1020, 2}, {0, 1}};
    unsigned i = (unsigned)nrs_sim_rng_below(&p->rng, sizeof(unanswered) / sizeof(unanswered[0]));

    p->failure.s0_ms = unanswered[i].ms;
    p->failure.s0_pkts = unanswered[i].pkts;
    p->failure.rej_us = (uint32_t)nrs_sim_rng_scale(&p->rng, 300, 300000);
    p->failure.refused = nrs_sim_rng_chance(&p->rng, PCT(30));
}

static void draw_shape(struct nrs_sim_play *p)
{
    const struct nrs_sim_shape *s = &p->a->shape;
    struct nrs_sim_rng *r = &p->rng;
    unsigned i, n_ports = 0;

    while (n_ports < NRS_SIM_PORTS_MAX && s->ports[n_ports])
        n_ports++;
    p->port = n_ports ? s->ports[nrs_sim_rng_below(r, n_ports)] : 0;
    if (p->a->label == NRS_SIM_C2 && n_ports > 1 && nrs_sim_rng_chance(r, PCT(10)))
        p->port = (uint16_t)nrs_sim_rng_scale(r, 81, 65000);
    p->oport = nrs_sim_ephemeral(p->host, r);
    for (i = 0; i < NRS_SIM_FAN_MAX; i++) {
        p->tx[i] = nrs_sim_rng_span(r, s->tx);
        p->rx[i] = nrs_sim_rng_span(r, s->rx);
    }
    p->same_ppm = nrs_sim_rng_chance(r, PCT(60)) ? (uint32_t)nrs_sim_rng_between(r, PCT(20), PCT(100)) : 0;
    p->kinds_ppm = nrs_sim_rng_chance(r, PCT(35)) ? (uint32_t)nrs_sim_rng_scale(r, PCT(2), PCT(50)) : 0;
    p->dur_ms = nrs_sim_rng_span(r, s->dur_ms);
    p->poll_ms = nrs_sim_rng_span(r, s->poll_ms);
    p->other_ppm = nrs_sim_rng_span(r, s->other_ppm);
}

/* Many programs open several connections at once where one would do. */
static void draw_fan(struct nrs_sim_play *p)
{
    const struct nrs_sim_habits *h = &p->a->habits;
    bool extra = !h->fan.hi && p->a->shape.proto == NRS_SIM_TCP && !p->a->shape.poll_ms.hi;

    p->fan_ms = h->fan_ms;
    p->fan = h->fan.hi ? (unsigned)nrs_sim_rng_between(&p->rng, h->fan.lo, h->fan.hi) : 1;
    if (!extra || !nrs_sim_rng_chance(&p->rng, p->a->label == NRS_SIM_C2 ? PCT(7) : PCT(15)))
        return;
    p->fan = (unsigned)nrs_sim_rng_between(&p->rng, 2, 5);
    p->fan_ms = (struct nrs_sim_span){1, 600};
}

void nrs_sim_play_init(struct nrs_sim_play *p, struct nrs_sim_world *w, const struct nrs_sim_host *h,
                       const struct nrs_sim_actor *a)
{
    const struct nrs_sim_habits *b = &a->habits;

    memset(p, 0, sizeof(*p));
    p->w = w;
    p->a = a;
    p->host = h;
    nrs_sim_rng_seed(&p->rng, w->seed, ++w->n_plays);
    draw_clock(p);
    draw_servers(p);
    draw_shape(p);
    draw_failure(p);
    draw_fan(p);
    p->miss_ppm = a->label == NRS_SIM_C2 && !b->miss_ppm.hi ? PCT(2) : nrs_sim_rng_span(&p->rng, b->miss_ppm);
    p->named =
        !(a->flags & NRS_SIM_BARE) && ((a->flags & NRS_SIM_NAMED) || nrs_sim_rng_chance(&p->rng, PCT(50)));
    p->name_ttl_us = nrs_sim_rng_scale(&p->rng, 20 * NRS_SIM_S, 7200 * NRS_SIM_S);
    nrs_sim_mood_draw(p);
}

void nrs_sim_actor_play(struct nrs_sim_world *w, const struct nrs_sim_host *h, const struct nrs_sim_actor *a)
{
    struct nrs_sim_play p;

    nrs_sim_play_init(&p, w, h, a);
    a->run(&p);
}
