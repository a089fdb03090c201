/* platform/packet/icmp.h - inside this room: ICMP and ICMPv6 */
#ifndef NRS_PACKET_ICMP_H
#define NRS_PACKET_ICMP_H
#include "platform/packet/one_packet.h"

/* Turns the message at k->ip.body into events. */
void nrs_icmp_take(struct nrs_one_packet *k);

#endif
