/* platform/packet/one_packet.h - inside this room only: the parser's state and the packet in hand
 *
 * Each protocol file has one entry, nrs_PROTOCOL_take, that reads k->ip.body
 * and turns it into events with the functions of packets.c below. */
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
    uint32_t now_ms, ifindex;
    enum nrs_way way;
    nrs_flow_fn fn;
    void *arg;
};

/* To this machine, or from outside through it. */
static inline bool nrs_packet_comes_in(const struct nrs_one_packet *k)
{
    return k->way == NRS_WAY_IN || k->way == NRS_WAY_FORWARD_IN;
}

/* Fills k->key. */
void nrs_packet_key(struct nrs_one_packet *k, uint16_t sport, uint16_t dport);

/* Opens the flow k->key on `list` and tells it; makes room if it has to. NULL: not followed (counted). */
struct nrs_open_flow *nrs_packet_open(struct nrs_one_packet *k, bool local_is_src, enum nrs_open_list list);

/* Tells the end at the packet's time. A TCP entry is kept on NRS_LIST_DONE for a moment; others are gone. */
void nrs_packet_close(struct nrs_one_packet *k, struct nrs_open_flow *e, enum nrs_end end);

void nrs_packet_snap(struct nrs_one_packet *k, const struct nrs_open_flow *e);
void nrs_packet_name(struct nrs_one_packet *k, const struct nrs_addr *remote, const char *name);

void nrs_tcp_take(struct nrs_one_packet *k);
void nrs_udp_take(struct nrs_one_packet *k);
void nrs_icmp_take(struct nrs_one_packet *k);

/* Shared by UDP and ICMP echo: one datagram of k->key. NULL if
 * it is not followed, or seen before elsewhere. */
struct nrs_open_flow *nrs_datagram_take(struct nrs_one_packet *k, size_t payload);

/* An ICMP error says that the SYN of k->key with this number,
 * or a datagram of k->key, did not get through. */
void nrs_tcp_unreachable(struct nrs_one_packet *k, uint32_t seq);
void nrs_datagram_unreachable(struct nrs_one_packet *k);

#endif
