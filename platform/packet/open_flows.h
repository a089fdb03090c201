/* platform/packet/open_flows.h - the fixed table of flows that are open now
 *
 * Memory:   one block from the caller: 64 bytes an entry, 4 of chain, 4 to 8 of hash heads. Nothing here
 *           allocates.
 * Order:    every entry is on one list. A list is in order of last touch, and all its members share one
 *           timeout, so the next entry to expire is always at its front.
 * Eviction: the table never evicts by itself. add returns NULL when the table is full, and
 *           nrs_open_flows_victim names the entry to remove: first a finished entry, then the oldest of the
 *           longer inbound list, then (for an outbound flow only) the oldest of the longest outbound list. So
 *           a flood of one kind displaces only its own kind, and an inbound scan evicts no outbound flow.
 * Hash:     HalfSipHash-1-3 with a key from the caller, because remote hosts choose the keys of the
 *           entries. */
#ifndef NRS_OPEN_FLOWS_H
#define NRS_OPEN_FLOWS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_OPEN_NONE UINT32_MAX

enum nrs_open_list {
    NRS_LIST_DONE,        /* already reported closed; kept a moment so that a late duplicate opens nothing */
    NRS_LIST_IN_DATAGRAM, /* opened by the other side */
    NRS_LIST_IN_TCP,
    NRS_LIST_HALF,        /* our SYN, not answered yet */
    NRS_LIST_DATAGRAM,
    NRS_LIST_TCP,
    NRS_LIST_CLOSING,     /* one FIN seen */
    NRS_LISTS
};

struct nrs_open_flow {
    struct nrs_addr local, remote;
    uint16_t lport, rport;
    uint32_t start_ms, last_ms;  /* on the owner's millisecond clock, which wraps */
    uint32_t tx, rx;             /* datagram: bytes, saturating; TCP: initial sequence number, then bytes */
    uint32_t older, newer;       /* neighbours on the list */
    uint32_t proto : 8;
    uint32_t list : 3;           /* enum nrs_open_list */
    uint32_t dir : 2;            /* enum nrs_dir */
    uint32_t forwarded : 1;
    uint32_t tx_began : 1;       /* datagram: one was sent; TCP: the initial sequence number is known */
    uint32_t rx_began : 1;
    uint32_t tx_ended : 1;       /* TCP: tx is the number of bytes (before tx_began: the FIN's position) */
    uint32_t rx_ended : 1;
    uint32_t reported : 1;       /* the OPEN was delivered */
    uint32_t tag : 13;           /* low bits of: the interface (datagram), the first SYN's number (TCP) */
};

_Static_assert(sizeof(struct nrs_open_flow) == 64, "an open flow is one cache line");

#define NRS_OPEN_TAG(x) ((x) & 0x1fffu)

struct nrs_open_queue {
    uint32_t oldest, newest, n;
};

struct nrs_open_flows {
    struct nrs_open_flow *flow; /* [cap] */
    uint32_t *chain;            /* [cap] next with the same hash, or next free */
    uint32_t *head;             /* [head_mask + 1] */
    uint32_t cap, head_mask, free;
    uint32_t hash_key[2];
    struct nrs_open_queue queue[NRS_LISTS];
};

/* The two ends of a packet. */
struct nrs_open_key {
    struct nrs_addr src, dst;
    uint16_t sport, dport;
    uint8_t proto;
};

size_t nrs_open_flows_bytes(uint32_t cap);

/* mem: nrs_open_flows_bytes(cap) bytes, aligned to 8. */
void nrs_open_flows_init(struct nrs_open_flows *t, void *mem, uint32_t cap, uint64_t hash_key);

/* Finds the flow of a packet in either direction; *from_local: which one. NULL if there is none. */
struct nrs_open_flow *nrs_open_flows_find(const struct nrs_open_flows *t, const struct nrs_open_key *k,
                                          bool *from_local);

/* Adds an entry with local = src (or dst, if local_is_src is false), zeroed otherwise, touched at now_ms. The
 * key must not be in the table. NULL when the table is full. */
struct nrs_open_flow *nrs_open_flows_add(struct nrs_open_flows *t, const struct nrs_open_key *k,
                                         bool local_is_src, enum nrs_open_list list, uint32_t now_ms);

void nrs_open_flows_touch(struct nrs_open_flows *t, struct nrs_open_flow *e, enum nrs_open_list list,
                          uint32_t now_ms);
void nrs_open_flows_remove(struct nrs_open_flows *t, struct nrs_open_flow *e);
struct nrs_open_flow *nrs_open_flows_oldest(const struct nrs_open_flows *t, enum nrs_open_list list);
struct nrs_open_flow *nrs_open_flows_victim(const struct nrs_open_flows *t, bool for_inbound);
uint32_t nrs_open_flows_count(const struct nrs_open_flows *t); /* without the finished */

/* The number that OPEN, SNAP and CLOSE of one flow share: the slot and 12 bits of the start. */
uint32_t nrs_open_flows_join(const struct nrs_open_flows *t, const struct nrs_open_flow *e);

/* Time from then_ms to now_ms; 0 if then_ms is later (captures are not always in order). */
static inline uint32_t nrs_open_flows_age_ms(uint32_t now_ms, uint32_t then_ms)
{
    uint32_t age = now_ms - then_ms;

    return age > INT32_MAX ? 0 : age;
}

#endif
