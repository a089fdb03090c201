/* tools/simulate/play.h - an actor at work on one machine: what was drawn for it, and its moods
 *
 * Between a row (ranges) and records (facts) stands the play: the parameters of this one installation. Its
 * random stream is its own. */
#ifndef NRS_SIM_PLAY_H
#define NRS_SIM_PLAY_H
#include "tools/simulate/actor.h"

#define NRS_SIM_SERVERS_MAX 16
#define NRS_SIM_FAN_MAX     8
#define NRS_SIM_OUTAGES_MAX 3

/* When it speaks at all, and when it changes its ways. Zero = that mood is absent. */
struct nrs_sim_mood {
    uint64_t born_us, dies_us;
    uint32_t work_from_s, work_to_s; /* seconds of the day */
    uint64_t burst_us, rest_us;      /* at work for the one, silent for the other */
    uint64_t rotate_us;              /* next server after this long */
    uint64_t retune_us;              /* at this moment the period changes ... */
    uint64_t retuned_period_us;      /* ... to this */
    uint32_t task_ppm;               /* chance at each check-in that work comes back */
    struct {
        uint64_t from_us, to_us;
    } outage[NRS_SIM_OUTAGES_MAX]; /* its server does not answer */
};

/* How attempts fail here: duration and packets of an unanswered one. */
struct nrs_sim_failure {
    uint32_t s0_ms, s0_pkts, rej_us;
    bool refused; /* dead servers refuse instead of staying silent */
};

struct nrs_sim_play {
    struct nrs_sim_world *w;
    const struct nrs_sim_actor *a;
    const struct nrs_sim_host *host;
    struct nrs_sim_rng rng;
    struct nrs_sim_clock clock;
    struct nrs_sim_mood mood;
    struct nrs_sim_failure failure;
    uint32_t server[NRS_SIM_SERVERS_MAX];
    bool dead[NRS_SIM_SERVERS_MAX];
    unsigned n_servers, turn;
    uint16_t port, oport;
    bool named;
    uint64_t name_until_us, name_ttl_us; /* a looked-up name is good until then */
    unsigned fan, busy;                  /* busy: check-ins left of a tasking burst */
    struct nrs_sim_span fan_ms;
    uint32_t tx[NRS_SIM_FAN_MAX], rx[NRS_SIM_FAN_MAX]; /* one size for each kind of message */
    uint32_t same_ppm;                                 /* messages that have exactly that size */
    uint32_t kinds_ppm;                                /* messages of another kind than the first */
    uint32_t dur_ms, poll_ms, other_ppm, miss_ppm;
};

/* Draws everything. */
void nrs_sim_play_init(struct nrs_sim_play *p, struct nrs_sim_world *w, const struct nrs_sim_host *h,
                       const struct nrs_sim_actor *a);

/* One connection to server `s` at t_us, `part` of its check-in; returns when it ended. `answered` tells
 * whether there was a reply at all (may be NULL). */
uint64_t nrs_sim_play_connect(struct nrs_sim_play *p, uint64_t t_us, unsigned s, unsigned part,
                              bool *answered);

/* A lookup of the server's name when the last one is too old; returns when it ended. */
uint64_t nrs_sim_play_lookup(struct nrs_sim_play *p, uint64_t t_us);

/* One lookup by `h`, as a record of its own. */
uint64_t nrs_sim_lookup(struct nrs_sim_world *w, const struct nrs_sim_host *h, struct nrs_sim_rng *r,
                        uint64_t t_us);

uint16_t nrs_sim_ephemeral(const struct nrs_sim_host *h, struct nrs_sim_rng *r);

/* Draws the moods; the clock and `n_servers` must stand. */
void nrs_sim_mood_draw(struct nrs_sim_play *p);
/* First moment at or after t_us when both the machine is awake and the actor is at work. */
uint64_t nrs_sim_mood_awake(const struct nrs_sim_play *p, uint64_t t_us);
bool nrs_sim_mood_outage(const struct nrs_sim_play *p, uint64_t t_us);
/* The server of this hour, for actors that stay with one. */
unsigned nrs_sim_mood_server(const struct nrs_sim_play *p, uint64_t t_us);

/* Engines. */
void nrs_sim_run_checkins(struct nrs_sim_play *p); /* waits, checks in, waits */
void nrs_sim_run_browsing(struct nrs_sim_play *p); /* sessions of pages with many destinations */
void nrs_sim_run_scan_in(struct nrs_sim_play *p);  /* strangers knock */
void nrs_sim_run_scan_out(struct nrs_sim_play *p); /* a worm looks for victims */

#endif
