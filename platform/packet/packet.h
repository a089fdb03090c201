/* platform/packet/packet.h - IP packets in, flow events out
 *
 * Pure: no socket, no clock, no allocation. The live packet source, the pcap reader and the fuzzer use this one
 * parser. It reads what the control-segment filter lets through (SYN/FIN/RST, UDP, ICMP, DNS answers, TLS
 * ClientHello) and skips other TCP segments cheaply, so an unfiltered capture gives the same events.
 *
 * Open flows are kept in a fixed table of `max_open` entries; when it is full the oldest is closed early
 * (NRS_END_UNKNOWN) and counted. Sizes of TCP flows come from sequence numbers (exact for orderly closes, modulo 2^32;
 * after a RST a lower bound), of UDP from the lengths seen.
 *
 * An outbound SYN opens a flow at once; an inbound one only when it is answered (a SYN scan leaves no state).
 * A retransmitted SYN is the same flow. Multicast and broadcast are reported like other UDP. */
#ifndef NRS_PACKET_H
#define NRS_PACKET_H
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

enum nrs_way { NRS_WAY_UNKNOWN, NRS_WAY_OUT, NRS_WAY_IN }; /* unknown: captures; the first packet decides */

struct nrs_packets; /* opaque */

struct nrs_packets_conf {
    uint32_t max_open;       /* open flows, 0 = 4,096; 16..1,048,576 */
    uint32_t udp_idle_s;     /* a UDP or ICMP flow ends after this long without a packet, 0 = 60 */
    uint32_t tcp_silent_s;   /* an unanswered SYN is NRS_END_TIMEOUT after this long, 0 = 75 */
    uint32_t tcp_idle_s;     /* an open TCP flow without a control segment is forgotten after, 0 = 86,400 */
    uint8_t names;           /* 1 = NRS_EV_NAME from DNS answers (A, AAAA) and TLS SNI */
};

struct nrs_packets_stats {
    uint64_t packets, skipped, malformed, opened, evicted;
    uint32_t open;
};

size_t nrs_packets_bytes(const struct nrs_packets_conf *c);
int nrs_packets_init(struct nrs_packets **out, void *mem, size_t len, const struct nrs_packets_conf *c); /* 0, -EINVAL, -ENOMEM */

/* ip: the packet from its IP header on, cap_len bytes of it captured, wire_len on the wire. Calls fn for every
 * event it causes (with the same t_ns clock). Never reads beyond cap_len. */
void nrs_packets_take(struct nrs_packets *p, const uint8_t *ip, size_t cap_len, size_t wire_len, uint64_t t_ns,
                      enum nrs_way way, uint32_t ifindex, nrs_flow_fn fn, void *arg);

/* Closes what has been idle too long. Cheap; call it about once a second of traffic time. */
void nrs_packets_expire(struct nrs_packets *p, uint64_t now_ns, nrs_flow_fn fn, void *arg);

/* Closes everything that is still open, at the end of a capture (NRS_END_OPEN). */
void nrs_packets_flush(struct nrs_packets *p, uint64_t now_ns, nrs_flow_fn fn, void *arg);

void nrs_packets_stats(const struct nrs_packets *p, struct nrs_packets_stats *st);

#endif
