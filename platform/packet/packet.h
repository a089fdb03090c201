/* platform/packet/packet.h - IP packets in, flow events out
 *
 * Pure: no socket, no clock, no allocation. The live packet source, the capture readers and the fuzzer use
 * this one parser. It reads what the control-segment filter passes (SYN/FIN/RST, UDP, ICMP, DNS answers,
 * TLS ClientHello) and skips other TCP segments cheaply, so that an unfiltered capture gives the same
 * events. (Multicast and broadcast, which the live filter drops, are reported like other UDP.)
 *
 * Table: open flows are kept in a fixed table of `max_open` entries. When it is full, one flow is closed
 *        early (NRS_END_UNKNOWN, no sizes) and counted: an inbound one if there is any, else the oldest of
 *        the most numerous kind. An inbound flow never displaces an outbound one. A refused inbound flow
 *        is counted, too.
 * Sizes: payload bytes. TCP sizes come from sequence numbers: exact for orderly closes, modulo 2^32; after
 *        a RST a lower bound. UDP and ICMP sizes are sums of the lengths seen, saturating at 2^32 - 1.
 *        NRS_F_BYTES is missing where a size is not known.
 * TCP:   an outbound SYN opens a flow at once. An inbound SYN opens one only when it is answered, so that
 *        a SYN scan leaves no state. A repeated SYN is the same flow.
 * UDP:   and ICMP echo: the first packet opens a flow, and silence closes it: NRS_END_FIN if both sides
 *        sent packets, else NRS_END_TIMEOUT; t_ns is the last packet's time. In a long exchange every
 *        minute with a packet gives one NRS_EV_SNAP without sizes. An ICMP unreachable ends an unanswered
 *        flow with NRS_END_REFUSED.
 * QUIC:  datagrams on port 443 with a short header and more than NRS_QUIC_BULK_BYTES of payload are
 *        skipped (the live filter drops them), so flows on UDP 443 have no sizes. Smaller ones pass, so
 *        that a beacon on UDP 443 stays visible whatever its first byte is.
 * Names: of a DNS answer, the name in its question, for each A and AAAA record; of a ClientHello that fits
 *        into the first segment, its server name. An inbound DNS answer is believed only after an outbound
 *        packet to that port 53.
 * Twice: a bridge and its port, or a VLAN and its parent, show every packet twice. A finished TCP flow is
 *        remembered for two seconds, so that a late copy opens nothing. A datagram is counted on the
 *        interface where its exchange began. */
#ifndef NRS_PACKET_H
#define NRS_PACKET_H
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_QUIC_BULK_BYTES 256

enum nrs_way {
    NRS_WAY_UNKNOWN,     /* captures: local sent the SYN or the first datagram, dir is NRS_DIR_UNKNOWN */
    NRS_WAY_OUT,         /* this machine sent it */
    NRS_WAY_IN,          /* to this machine; such a flow has NRS_DIR_IN, and rport is the peer's port */
    NRS_WAY_FORWARD_OUT, /* routed: from the inner side to the outside */
    NRS_WAY_FORWARD_IN   /* routed: from the outside to the inner side */
};

struct nrs_packets; /* opaque */

struct nrs_packets_conf {
    uint32_t max_open;       /* open flows, 0 = 4,096; 16..1,048,576 */
    uint32_t udp_idle_s;     /* a UDP or ICMP flow ends after this long without a packet, 0 = 60 */
    uint32_t tcp_silent_s;   /* an unanswered SYN is NRS_END_TIMEOUT this long after its last copy, 0 = 75 */
    uint32_t tcp_idle_s;     /* an open TCP flow without a control segment is forgotten after, 0 = 86,400 */
    uint8_t names;           /* 1 = NRS_EV_NAME from DNS answers (A, AAAA) and TLS SNI */
    uint64_t hash_key;       /* live: random, so that nobody outside can choose which flows share a bucket */
};

struct nrs_packets_stats {
    uint64_t packets;   /* taken */
    uint64_t skipped;   /* well-formed, without an event: data segments, later fragments, other protocols */
    uint64_t malformed; /* a length or a combination of flags that cannot be */
    uint64_t opened;    /* flows */
    uint64_t evicted;   /* closed early because the table was full, or inbound and not followed for that */
    uint32_t open;      /* now */
};

size_t nrs_packets_bytes(const struct nrs_packets_conf *c);

/* mem: nrs_packets_bytes(c) bytes, aligned to 8. 0; -EINVAL: max_open is out of range, or a time is above
 * 1,000,000 s; -ENOMEM: len is too small. */
int nrs_packets_init(struct nrs_packets **out, void *mem, size_t len, const struct nrs_packets_conf *c);

/* ip: the packet from its IP header on; cap_len bytes of it are captured, wire_len were on the wire. Calls fn
 * for every event that the packet causes, with the clock of t_ns. Never reads beyond cap_len. */
void nrs_packets_take(struct nrs_packets *p, const uint8_t *ip, size_t cap_len, size_t wire_len,
                      uint64_t t_ns, enum nrs_way way, uint32_t ifindex, nrs_flow_fn fn, void *arg);

/* Closes the flows that have been idle for too long. Cheap; to be called about once a second of traffic
 * time. */
void nrs_packets_expire(struct nrs_packets *p, uint64_t now_ns, nrs_flow_fn fn, void *arg);

/* Closes every flow that is still open, at the end of a capture (NRS_END_OPEN). */
void nrs_packets_flush(struct nrs_packets *p, uint64_t now_ns, nrs_flow_fn fn, void *arg);

void nrs_packets_stats(const struct nrs_packets *p, struct nrs_packets_stats *st);

#endif
