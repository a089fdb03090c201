/* platform/linux/packet_filter.h - which packets the kernel gives to the packet source
 *
 * A classic BPF program for a cooked packet socket (offset 0 is the IP header). It passes these packets, cut
 * to what the parser needs:
 *   TCP segments with SYN, FIN or RST; TLS ClientHellos; UDP without bulk data of QUIC (of DNS answers more
 *   bytes than of the rest); ICMP echo and unreachable; IPv6 with an extension header, because only the
 *   parser can skip that.
 * It drops everything else: data segments, later fragments, multicast and broadcast, frames for other hosts,
 * and the second copy that every packet on lo has. */
#ifndef NRS_PACKET_FILTER_H
#define NRS_PACKET_FILTER_H
#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_PACKET_FILTER_MAX 128 /* instructions */
#define NRS_PACKET_IFACES_MAX 8

/* Writes the program for the given interfaces (n_ifaces 0: all but loopback ones) and returns its length. */
size_t nrs_packet_filter_build(struct sock_filter program[NRS_PACKET_FILTER_MAX], const uint32_t *ifindexes,
                               size_t n_ifaces);

#endif
