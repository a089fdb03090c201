/* tools/simulate/actor.h - one kind of traffic is one row of a table
 *
 * A row says what is known of a program: its waiting law, where it connects, how large its exchanges are, and
 * how it behaves when things go wrong. Ranges are drawn once for each actor at work, so that two actors of a
 * row differ as two installations do. Tables: actors_*.c; engines that play rows: run_*.c. */
#ifndef NRS_SIM_ACTOR_H
#define NRS_SIM_ACTOR_H
#include "tools/simulate/timing.h"
#include "tools/simulate/world.h"

#define NRS_SIM_PORTS_MAX 6

enum nrs_sim_label {
    NRS_SIM_BENIGN,
    NRS_SIM_BENIGN_PROTOCOL, /* benign and a periodic protocol: NTP, DHCP, discovery, MQTT, push */
    NRS_SIM_C2,
    NRS_SIM_C2_OTHER, /* malware, but no beacon: downloads, mining, spam */
    NRS_SIM_ATTACK    /* scans and floods */
};

enum nrs_sim_place {
    NRS_SIM_AT_PUBLIC,
    NRS_SIM_AT_LAN, /* another machine of the LAN */
    NRS_SIM_AT_GATEWAY,
    NRS_SIM_AT_RESOLVER,
    NRS_SIM_AT_BROADCAST, /* 255.255.255.255 */
    NRS_SIM_AT_SUBNET,    /* broadcast of the LAN */
    NRS_SIM_AT_MDNS,      /* 224.0.0.251 */
    NRS_SIM_AT_SSDP       /* 239.255.255.250 */
};

/* How a check-in picks its server when there are several. */
enum nrs_sim_pick {
    NRS_SIM_STAY,  /* the first; when it rotates, the next after some hours */
    NRS_SIM_ROUND, /* in turn */
    NRS_SIM_MIX,   /* any */
    NRS_SIM_WALK   /* down the list until one answers */
};

enum {
    NRS_SIM_TUNED = 1,   /* an operator sets sleep and jitter: default, a round number, or default x 0.5-60 */
    NRS_SIM_TASKED = 2,  /* sometimes busy: larger exchanges in quick succession */
    NRS_SIM_SLEEPS = 4,  /* the wait starts when the exchange ends, not when it began */
    NRS_SIM_NAMED = 8,   /* looks its server up */
    NRS_SIM_BARE = 16,   /* never looks anything up */
    NRS_SIM_PADDED = 32, /* up to 4,096 random bytes more on each side */
    NRS_SIM_RESTS = 64,  /* always in bursts with long rests between */
    NRS_SIM_CRON = 128,  /* waits for full periods since the epoch: cron, task schedulers */
    NRS_SIM_SAME_PORT = 256, /* originator port = responder port: NTP, NetBIOS, DHCP servers */
    NRS_SIM_CENTRAL = 512,   /* every machine of the capture talks to the same server */
    NRS_SIM_JOBS = 1024 /* a check-in is one to six jobs, each of `fan` connections one after the other */
};

struct nrs_sim_shape {
    enum nrs_sim_proto proto;
    enum nrs_sim_place place;
    uint16_t ports[NRS_SIM_PORTS_MAX]; /* one of these, 0 ends the list; ICMP: the code */
    const char *service;               /* as Zeek names it, or NULL */
    struct nrs_sim_span tx, rx;        /* typical bytes */
    uint32_t vary_ppm;                 /* of the sizes from one exchange to the next */
    struct nrs_sim_span dur_ms;
    struct nrs_sim_span poll_ms; /* exchanges inside one connection: sizes are those of one poll; 0 = none */
    enum nrs_sim_end end;
    enum nrs_sim_end other_end; /* and how often */
    struct nrs_sim_span other_ppm;
};

struct nrs_sim_habits {
    struct nrs_sim_span servers; /* 0 = 1 */
    enum nrs_sim_pick pick;
    struct nrs_sim_span dead_ppm; /* chance that a server is dead: unanswered or refused */
    struct nrs_sim_span fan;      /* connections of one check-in, 0 = 1 */
    struct nrs_sim_span fan_ms;   /* between them */
    struct nrs_sim_span miss_ppm; /* check-ins that do not happen */
};

struct nrs_sim_play;

struct nrs_sim_actor {
    const char *name;
    const char *source; /* where the numbers come from */
    enum nrs_sim_label label;
    unsigned weight; /* how often a mix draws it; 0 = only when named or when another actor needs it */
    unsigned flags;
    unsigned on; /* kinds of machine, enum nrs_sim_kind */
    void (*run)(struct nrs_sim_play *p);
    struct nrs_sim_timing timing;
    struct nrs_sim_shape shape;
    struct nrs_sim_habits habits;
};

struct nrs_sim_table {
    const struct nrs_sim_actor *rows;
    unsigned n;
};

extern const struct nrs_sim_table nrs_sim_frameworks, nrs_sim_malware, nrs_sim_bots, nrs_sim_clocks,
    nrs_sim_vendors, nrs_sim_services, nrs_sim_inside, nrs_sim_people, nrs_sim_noise;

/* Lookups that other actors make. */
extern const struct nrs_sim_actor nrs_sim_resolver_row;

/* All rows in a fixed order; NULL behind the last. */
const struct nrs_sim_actor *nrs_sim_actor_at(unsigned i);
const struct nrs_sim_actor *nrs_sim_actor_find(const char *name);

/* Draws a row by weight among those of the class that run on `kind`; NULL if there is none. */
const struct nrs_sim_actor *nrs_sim_actor_draw(struct nrs_sim_rng *r, bool c2, enum nrs_sim_kind kind);

/* Plays an actor on a host from the start to the end of the capture. */
void nrs_sim_actor_play(struct nrs_sim_world *w, const struct nrs_sim_host *h, const struct nrs_sim_actor *a);

#endif
