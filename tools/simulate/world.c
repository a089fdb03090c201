/* tools/simulate/world.c - one simulated capture: its network and its machines */
#include "tools/simulate/world.h"
#include <stdlib.h>
#include <string.h>

#define LAN_HOSTS_FROM 20 /* .1 is the gateway, others below and above are appliances */

static uint32_t private_net(struct nrs_sim_rng *r)
{
    switch (nrs_sim_rng_below(r, 3)) {
    case 0: return 0xC0A80000u | (uint32_t)nrs_sim_rng_below(r, 256) << 8;
    case 1: return 0x0A000000u | (uint32_t)nrs_sim_rng_below(r, 65536) << 8;
    default: return 0xAC100000u | (uint32_t)nrs_sim_rng_below(r, 4096) << 8;
    }
}

void nrs_sim_world_init(struct nrs_sim_world *w, uint64_t seed, uint64_t from_us, uint64_t to_us)
{
    memset(w, 0, sizeof(*w));
    w->seed = seed;
    w->from_us = from_us;
    w->to_us = to_us;
    nrs_sim_rng_seed(&w->rng, seed, 0);
    w->lan = private_net(&w->rng);
    w->gateway = w->lan + 1;
    w->resolver = w->gateway;
    if (nrs_sim_rng_chance(&w->rng, NRS_SIM_PCT(30)))
        w->resolver =
            nrs_sim_rng_chance(&w->rng, NRS_SIM_PCT(50)) ? w->lan + 2 : nrs_sim_public_addr(&w->rng);
}

void nrs_sim_world_done(struct nrs_sim_world *w)
{
    free(w->conns);
    w->conns = NULL;
    w->n_conns = w->conns_cap = 0;
}

struct nrs_sim_host *nrs_sim_world_add_host(struct nrs_sim_world *w, enum nrs_sim_kind kind)
{
    struct nrs_sim_host *h;
    bool sleeps;

    if (w->n_hosts == NRS_SIM_HOSTS_MAX)
        return NULL;
    h = &w->hosts[w->n_hosts];
    h->addr = w->lan + LAN_HOSTS_FROM + w->n_hosts * 2 + (uint32_t)nrs_sim_rng_below(&w->rng, 2);
    h->kind = kind;
    h->windows = kind == NRS_SIM_DESKTOP && nrs_sim_rng_chance(&w->rng, NRS_SIM_PCT(75));
    sleeps = kind == NRS_SIM_DESKTOP && nrs_sim_rng_chance(&w->rng, NRS_SIM_PCT(45));
    h->up_s = sleeps ? (uint32_t)nrs_sim_rng_between(&w->rng, 6 * 3600, 11 * 3600) : 0;
    h->down_s = sleeps ? (uint32_t)nrs_sim_rng_between(&w->rng, 15 * 3600, 86399) : 0;
    w->n_hosts++;
    return h;
}

uint64_t nrs_sim_host_awake(const struct nrs_sim_world *w, const struct nrs_sim_host *h, uint64_t t_us)
{
    /* A short capture was made while the machine was in use. */
    uint64_t day = t_us / NRS_SIM_DAY, second = t_us % NRS_SIM_DAY / 1000000;

    if (h->up_s == h->down_s || w->to_us - w->from_us < NRS_SIM_DAY / 6)
        return t_us;
    if (second < h->up_s)
        return day * NRS_SIM_DAY + h->up_s * UINT64_C(1000000);
    if (second >= h->down_s)
        return (day + 1) * NRS_SIM_DAY + h->up_s * UINT64_C(1000000);
    return t_us;
}

static bool is_reserved(uint32_t a)
{
    uint32_t first = a >> 24;

    return first == 0 || first == 10 || first == 127 || first >= 224 || (a >> 20) == 0xAC1 ||
           (a >> 16) == 0xC0A8 || (a >> 16) == 0xA9FE || (a >> 22) == 0x191;
}

uint32_t nrs_sim_public_addr(struct nrs_sim_rng *r)
{
    uint32_t a;

    do
        a = (uint32_t)(nrs_sim_rng_next(r) >> 32);
    while (is_reserved(a) || (a & 0xFF) == 0 || (a & 0xFF) == 255);
    return a;
}

uint32_t nrs_sim_lan_addr(const struct nrs_sim_world *w, struct nrs_sim_rng *r)
{
    return w->lan + (uint32_t)nrs_sim_rng_between(r, LAN_HOSTS_FROM + 2 * NRS_SIM_HOSTS_MAX, 254);
}
