/* platform/packet/one_packet.h - inside this room: the parser's state, the packet at hand, its events
 *
 * Calls go one way: packets.c (which transport) -> icmp.c, datagram.c, tcp.c (what the packet means) ->
 * one_packet.c (the events) -> open_flows.c (the table). Only icmp.c calls a neighbour, because an ICMP error
 * ends a flow of another transport. */
#ifndef NRS_ONE_PACKET_H
#define NRS_ONE_PACKET_H
#include "platform/packet/ip.h"
#include "platform/packet/open_flows.h"
#include "platform/packet/packet.h"

struct nrs_packets {
    struct nrs_open_flows flows;
    struct nrs_packets_stats stats;
    uint32_t timeout_ms[NRS_LISTS];
    uint64_t base_ns; /* the first packet's time; 0 = none yet */
    uint8_t names;
};

struct nrs_one_packet {
    struct nrs_packets *p;
    struct nrs_ip_view ip;
    struct nrs_open_key key; /* filled by nrs_packet_key */
    uint64_t t_ns;
    uint32_t now_ms, ifindex; /* now_ms: t_ns on the table's clock */
    enum nrs_way way;
    nrs_flow_fn fn;
    void *arg;
};

/* The packet goes to this machine, or from outside through it. */
static inline bool nrs_packet_comes_in(const struct nrs_one_packet *k)
{
    return k->way == NRS_WAY_IN || k->way == NRS_WAY_FORWARD_IN;
}

/* Fills k->key. */
void nrs_packet_key(struct nrs_one_packet *k, uint16_t sport, uint16_t dport);

/* Opens the flow k->key on `list` and reports it; a full table gives up another flow for it. NULL: it is not
 * followed, and counted. */
struct nrs_open_flow *nrs_packet_open(struct nrs_one_packet *k, bool local_is_src, enum nrs_open_list list);

/* Reports the end at the packet's time. A TCP entry stays on NRS_LIST_DONE for a moment; another entry is
 * removed. */
void nrs_packet_close(struct nrs_one_packet *k, struct nrs_open_flow *e, enum nrs_end end);

/* Reports the end of `e` without a packet and leaves the table as it is. t_ms is t_ns on the table's
 * clock. */
void nrs_packet_report_close(const struct nrs_packets *p, const struct nrs_open_flow *e, uint64_t t_ns,
                             uint32_t t_ms, uint32_t ifindex, enum nrs_end end, nrs_flow_fn fn, void *arg);

/* Reports that an open flow is active at the packet's time (NRS_EV_SNAP, without sizes). */
void nrs_packet_snap(struct nrs_one_packet *k, const struct nrs_open_flow *e);

/* Reports a name of `remote` (NRS_EV_NAME). */
void nrs_packet_name(struct nrs_one_packet *k, const struct nrs_addr *remote, const char *name);

#endif
