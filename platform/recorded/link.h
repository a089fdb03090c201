/* platform/recorded/link.h - where the IP header begins in a captured frame */
#ifndef NRS_LINK_H
#define NRS_LINK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Link types by their numbers in capture files (the LINKTYPE_ list of the pcap project). */
enum nrs_link {
    NRS_LINK_NULL = 0,         /* BSD loopback: address family in the writer's byte order */
    NRS_LINK_ETHERNET = 1,     /* with up to four VLAN tags, and PPPoE sessions */
    NRS_LINK_PPP = 9,          /* with or without its address and control bytes */
    NRS_LINK_RAW_OPENBSD = 14, /* DLT_RAW as OpenBSD numbers it */
    NRS_LINK_RAW_BSD = 12,     /* DLT_RAW elsewhere */
    NRS_LINK_PPP_HDLC = 50,
    NRS_LINK_RAW = 101,
    NRS_LINK_80211 = 105, /* data frames that are not encrypted */
    NRS_LINK_FRELAY = 107,
    NRS_LINK_LOOP = 108, /* OpenBSD loopback: address family in network byte order */
    NRS_LINK_SLL = 113,  /* Linux cooked */
    NRS_LINK_RADIOTAP = 127, /* 802.11 behind a header of its own length */
    NRS_LINK_IPV4 = 228,
    NRS_LINK_IPV6 = 229,
    NRS_LINK_SLL2 = 276 /* Linux cooked, version 2 */
};

bool nrs_link_known(uint32_t link);

/* Offset of the IP header in frame[0..len), or -1 if the frame carries something else (ARP, ...) or is too
 * short for its link header. */
int nrs_link_ip(uint32_t link, const uint8_t *frame, size_t len);

#endif
