/* platform/packet/tcp.h - inside this room: TCP segments */
#ifndef NRS_PACKET_TCP_H
#define NRS_PACKET_TCP_H
#include "platform/packet/one_packet.h"

/* Turns the segment at k->ip.body into events. */
void nrs_tcp_take(struct nrs_one_packet *k);

/* An ICMP error reports that the SYN of k->key with this sequence number did not get through. */
void nrs_tcp_unreachable(struct nrs_one_packet *k, uint32_t seq);

#endif
