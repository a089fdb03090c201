/* platform/recorded/halves.h - the two directions of a connection, which flow exporters tell apart; private
 * to this room
 *
 * NetFlow, IPFIX, flow logs of clouds and Suricata's netflow events have one record for each direction. Two
 * that answer each other within NRS_HALVES_WAIT_S become one flow: the originator is who started first, at
 * the same time who has the higher port. A record that stays alone is a flow of its own; if only its source
 * has a port below 1024, it is the answer of a server whose client was not seen, and is turned round. Records
 * that go on in the same direction (an exporter ends them at its active timeout) are one half. Parts that
 * tell of both directions (Azure) are joined alike.
 *
 * Memory: NRS_HALVES_SETS sets of four, in the struct; a full set gives up its oldest as if its time was
 *         over.
 *
 * Flows come out later than they began: whoever needs an order has order.h behind this. */
#ifndef NRS_HALVES_H
#define NRS_HALVES_H
#include <stdint.h>

#include "platform/flow.h"

#define NRS_HALVES_SETS   1024
#define NRS_HALVES_WAYS   4
#define NRS_HALVES_WAIT_S 120

struct nrs_half {
    struct nrs_flow flow; /* from its own source to its own destination; rx_bytes only of parts */
    int flags;            /* all TCP flags seen, -1 = unknown */
};

struct nrs_halves {
    uint64_t now_ns;
    uint32_t swept; /* sets that were looked through for what waited too long */
    struct nrs_half half[NRS_HALVES_SETS][NRS_HALVES_WAYS]; /* weight 0 = free */
};

/* Takes one half; flows that are whole now go to fn. */
void nrs_halves_take(struct nrs_halves *h, const struct nrs_half *half, nrs_flow_fn fn, void *arg);

/* The end: all that waits goes to fn. */
void nrs_halves_end(struct nrs_halves *h, nrs_flow_fn fn, void *arg);

#endif
