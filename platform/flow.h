/* platform/flow.h - one flow event: what every source produces and the agent's core consumes
 *
 * An event lives on the producer's stack. It is passed by pointer and never stored. It has 96 bytes, no
 * padding, and the same layout on every machine. */
#ifndef NRS_FLOW_H
#define NRS_FLOW_H
#include <stdint.h>

/* IPv4 is always written ::ffff:a.b.c.d, also when it arrived as a mapped or 64:ff9b::/96 address. */
struct nrs_addr {
    uint8_t b[16];
};

enum nrs_ev {
    NRS_EV_OPEN = 1, /* a flow began at t_ns; sizes unknown */
    NRS_EV_CLOSE,    /* a flow that had an OPEN ended at t_ns; dur_ms, end, sizes: of the whole flow */
    NRS_EV_WHOLE,    /* a flow known only as a whole (recorded files, polling): t_ns is its START */
    NRS_EV_SNAP,     /* an open flow moved bytes since the last SNAP; sizes are the difference */
    NRS_EV_NAME,     /* no flow: `remote` is known under the name passed beside the event */
    NRS_EV_LOST      /* no flow: `weight` events were lost by the source */
};

enum nrs_dir { NRS_DIR_UNKNOWN, NRS_DIR_OUT, NRS_DIR_IN, NRS_DIR_LOCAL };

enum nrs_end {
    NRS_END_OPEN,    /* still open, or unknown whether it ended */
    NRS_END_FIN,     /* orderly */
    NRS_END_RST,     /* aborted after it was established */
    NRS_END_REFUSED, /* answered by RST or ICMP before it was established */
    NRS_END_TIMEOUT, /* never answered */
    NRS_END_UNKNOWN
};

#define NRS_F_FORWARDED 0x0001 /* routed by this machine, not its own */
#define NRS_F_NAT 0x0002       /* seen before or after address translation */
#define NRS_F_T_COARSE 0x0004  /* t_ns is known to the poll period only */
#define NRS_F_BYTES 0x0008     /* tx_bytes and rx_bytes are valid */
#define NRS_F_BYTES_L3 0x0010  /* ... and include IP headers */
#define NRS_F_NOPORT 0x0020    /* remote port unknown */
#define NRS_F_DIR_GUESS 0x0040 /* dir was inferred from ports */

#define NRS_DUR_UNKNOWN UINT32_MAX
#define NRS_ID_UNKNOWN UINT32_MAX

enum nrs_proto { NRS_PROTO_ICMP = 1, NRS_PROTO_TCP = 6, NRS_PROTO_UDP = 17, NRS_PROTO_ICMP6 = 58 };

struct nrs_flow {
    struct nrs_addr local;  /* live: this machine, or the inner host on a router; recorded: the originator */
    struct nrs_addr remote; /* live: the other side; recorded: the responder */
    uint64_t t_ns;          /* live: boot-time clock; recorded: wall clock since 1970 */
    uint64_t tx_bytes;      /* from local; 0 unless NRS_F_BYTES */
    uint64_t rx_bytes;      /* to local */
    uint32_t dur_ms;        /* CLOSE and WHOLE; NRS_DUR_UNKNOWN if not known */
    uint32_t weight;        /* flows that this event represents (sampling), at least 1; LOST: number lost */
    uint32_t pid;           /* 0 = unknown */
    uint32_t uid;           /* NRS_ID_UNKNOWN = unknown */
    uint32_t ifindex;       /* 0 = unknown */
    uint32_t join;          /* the same number in OPEN, SNAP and CLOSE of one flow of one source */
    uint16_t lport, rport;  /* ICMP: type and code as Zeek has them */
    uint16_t flags;         /* NRS_F_* */
    uint8_t proto;          /* enum nrs_proto, or any other IP protocol number */
    uint8_t ev;             /* enum nrs_ev */
    uint8_t dir;            /* enum nrs_dir */
    uint8_t end;            /* enum nrs_end; valid in CLOSE and WHOLE */
    uint8_t rsv[6];
};

_Static_assert(sizeof(struct nrs_flow) == 96, "a flow event is 96 bytes");

/* Called for every event. `f` and `name` are valid only inside the call. name: NULL, or valid UTF-8 or plain
 * ASCII, at most 253 bytes, NUL-terminated, NOT escaped. */
typedef void (*nrs_flow_fn)(void *arg, const struct nrs_flow *f, const char *name);

#endif
