/* tools/simulate/world.h - one simulated capture: its network, its machines, its records
 *
 * All times are microseconds since 1970. Addresses are IPv4 in host byte order. Records are appended in any
 * order and sorted at the end. A record outside of the capture is dropped and one across its edge is cut, as
 * a sensor that starts in mid-life sees it.
 * Owner: the caller; nrs_sim_world_done() releases the records. Out of memory is remembered in `failed`. */
#ifndef NRS_SIM_WORLD_H
#define NRS_SIM_WORLD_H
#include <stddef.h>
#include "tools/simulate/rng.h"

#define NRS_SIM_HOSTS_MAX 64
#define NRS_SIM_DAY       (86400 * UINT64_C(1000000))

enum nrs_sim_proto { NRS_SIM_ICMP = 1, NRS_SIM_TCP = 6, NRS_SIM_UDP = 17 };

/* Zeek's conn_state; the names are in write_log.c. */
enum nrs_sim_end {
    NRS_SIM_SF,   /* orderly */
    NRS_SIM_S0,   /* never answered */
    NRS_SIM_REJ,  /* refused */
    NRS_SIM_S1,   /* still open when the capture ended */
    NRS_SIM_S3,   /* half closed by the responder */
    NRS_SIM_RSTO, /* reset by the originator */
    NRS_SIM_RSTR, /* reset by the responder */
    NRS_SIM_OTH   /* seen from the middle */
};

/* What kind of machine; a bit mask in actor rows. */
enum nrs_sim_kind {
    NRS_SIM_DESKTOP = 1,
    NRS_SIM_SERVER = 2,
    NRS_SIM_PHONE = 4,
    NRS_SIM_IOT = 8,
    NRS_SIM_ANY = 15
};

struct nrs_sim_host {
    uint32_t addr;
    enum nrs_sim_kind kind;
    bool windows;          /* retries and ephemeral ports differ */
    uint32_t up_s, down_s; /* seconds of the day between which it is awake; equal = always */
};

struct nrs_sim_conn {
    uint64_t ts_us, dur_us, order; /* dur_us 0 = unset */
    uint64_t tx, rx;               /* payload bytes */
    uint32_t orig, resp;
    uint32_t tx_pkts, rx_pkts;
    uint16_t oport, rport;
    uint8_t proto; /* enum nrs_sim_proto */
    uint8_t end;   /* enum nrs_sim_end */
    const struct nrs_sim_actor *by;
    const char *service; /* NULL = unset */
};

struct nrs_sim_world {
    uint64_t seed, from_us, to_us;
    struct nrs_sim_rng rng;
    uint32_t lan; /* network address of the /24 */
    uint32_t resolver, gateway;
    struct nrs_sim_host hosts[NRS_SIM_HOSTS_MAX];
    unsigned n_hosts;
    uint32_t loss_ppm;      /* records that the sensor missed */
    uint32_t actor_records; /* about how many records one actor may write; 0 = no limit */
    uint64_t n_plays;       /* actors started so far: each has its own random stream */
    uint64_t n_emitted;
    struct nrs_sim_conn *conns;
    size_t n_conns, conns_cap;
    bool failed;
};

void nrs_sim_world_init(struct nrs_sim_world *w, uint64_t seed, uint64_t from_us, uint64_t to_us);
void nrs_sim_world_done(struct nrs_sim_world *w);

/* Adds a machine; NULL when the network is full. */
struct nrs_sim_host *nrs_sim_world_add_host(struct nrs_sim_world *w, enum nrs_sim_kind kind);

/* The first moment at or after t_us at which the host is awake. */
uint64_t nrs_sim_host_awake(const struct nrs_sim_world *w, const struct nrs_sim_host *h, uint64_t t_us);

/* A routable address, or one of the LAN that is no machine of ours. */
uint32_t nrs_sim_public_addr(struct nrs_sim_rng *r);
uint32_t nrs_sim_lan_addr(const struct nrs_sim_world *w, struct nrs_sim_rng *r);

/* Appends a record after loss and clipping. Packet counts are filled in here. */
void nrs_sim_world_emit(struct nrs_sim_world *w, const struct nrs_sim_conn *c, struct nrs_sim_rng *r);

/* Sorts by time, ties in order of writing. */
void nrs_sim_world_sort(struct nrs_sim_world *w);

#endif
