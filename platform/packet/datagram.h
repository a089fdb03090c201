/* platform/packet/datagram.h - inside this room: UDP, and what UDP and ICMP echo share */
#ifndef NRS_PACKET_DATAGRAM_H
#define NRS_PACKET_DATAGRAM_H
#include "platform/packet/one_packet.h"

/* Turns the UDP datagram at k->ip.body into events. */
void nrs_udp_take(struct nrs_one_packet *k);

/* Takes one datagram of k->key with `payload` bytes. NULL: it is not followed, or it is a copy on another
 * interface. */
struct nrs_open_flow *nrs_datagram_take(struct nrs_one_packet *k, size_t payload);

/* An ICMP error reports that a datagram of k->key did not get through. */
void nrs_datagram_unreachable(struct nrs_one_packet *k);

#endif
