/* tools/simulate/capture.c - a mix of actors on a few machines, and the office day of the demonstration */
#include "tools/simulate/capture.h"

static enum nrs_sim_kind draw_kind(struct nrs_sim_rng *r)
{
    static const enum nrs_sim_kind kinds[] = {NRS_SIM_DESKTOP, NRS_SIM_DESKTOP, NRS_SIM_SERVER,
                                              NRS_SIM_IOT,     NRS_SIM_IOT,     NRS_SIM_PHONE};

    return kinds[nrs_sim_rng_below(r, sizeof(kinds) / sizeof(kinds[0]))];
}

static const struct nrs_sim_host *any_host(struct nrs_sim_world *w)
{
    return &w->hosts[nrs_sim_rng_below(&w->rng, w->n_hosts)];
}

static void play_drawn(struct nrs_sim_world *w, const struct nrs_sim_host *h, bool c2)
{
    const struct nrs_sim_actor *a = nrs_sim_actor_draw(&w->rng, c2, h->kind);

    if (a)
        nrs_sim_actor_play(w, h, a);
}

void nrs_sim_capture_mix(struct nrs_sim_world *w, const struct nrs_sim_request *q)
{
    unsigned i, k;

    for (i = 0; i < q->hosts; i++)
        (void)nrs_sim_world_add_host(w, draw_kind(&w->rng));
    for (i = 0; i < q->n_only; i++)
        nrs_sim_actor_play(w, any_host(w), q->only[i]);
    if (q->n_only)
        return;
    for (i = 0; i < w->n_hosts; i++)
        for (k = 0; k < q->n_benign; k++)
            play_drawn(w, &w->hosts[i], false);
    for (i = 0; i < q->n_c2; i++)
        play_drawn(w, any_host(w), true);
}

static void play_named(struct nrs_sim_world *w, const struct nrs_sim_host *h, const char *name)
{
    nrs_sim_actor_play(w, h, nrs_sim_actor_find(name));
}

static void equip(struct nrs_sim_world *w, enum nrs_sim_kind kind, const char *const *names)
{
    const struct nrs_sim_host *h = nrs_sim_world_add_host(w, kind);

    while (*names)
        play_named(w, h, *names++);
}

void nrs_sim_capture_day(struct nrs_sim_world *w, uint64_t seed, uint64_t start_s)
{
    static const char *const desk[] = {"browsing",     "browsing",  "vendor-cloud",   "windows-push",
                                       "update-check", "mail-poll", "chat-websocket", "certificate-check",
                                       "dhcp-renewal", "mdns",      "file-server",    NULL};
    static const char *const server[] = {
        "ntpd", "prometheus", "backup-hourly", "uptime-probe", "edr-agent", "snmp-poll", NULL};
    static const char *const phone[] = {"browsing",     "apple-push",  "messenger",
                                        "weather-tile", "sntp-hourly", NULL};
    static const char *const thing[] = {"mqtt", "ntpd-steady",      "vendor-cloud",
                                        "ssdp", "camera-heartbeat", NULL};
    unsigned i;

    nrs_sim_world_init(w, seed, start_s * NRS_SIM_S, start_s * NRS_SIM_S + NRS_SIM_DAY);
    for (i = 0; i < 6; i++)
        equip(w, NRS_SIM_DESKTOP, desk);
    equip(w, NRS_SIM_SERVER, server);
    for (i = 0; i < 2; i++)
        equip(w, NRS_SIM_PHONE, phone);
    for (i = 0; i < 2; i++)
        equip(w, NRS_SIM_IOT, thing);
    play_named(w, &w->hosts[1], "cobalt-strike");
    play_named(w, &w->hosts[4], "hancitor");
    play_named(w, &w->hosts[10], "mirai-orphan");
}
