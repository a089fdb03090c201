#include "platform/recorded/link.h"

#include <string.h>

#define ETHERTYPE_IPV4  0x0800
#define ETHERTYPE_IPV6  0x86dd
#define ETHERTYPE_PPPOE 0x8864 /* a session; its discovery has another number */
#define PPPOE_HEADER    6      /* RFC 2516: version, code, session, length */
#define VLAN_TAGS_MAX   4

static unsigned get_u16be(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static bool is_ip(unsigned ethertype)
{
    return ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6;
}

static bool is_vlan(unsigned ethertype)
{
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

/* The header's own type says little here (families have different numbers on every system), so look at the
 * version of what follows. */
static int if_ip_at(const uint8_t *frame, size_t len, size_t at)
{
    unsigned version = at < len ? frame[at] >> 4 : 0;

    return version == 4 || version == 6 ? (int)at : -1;
}

/* RFC 1661, RFC 1662: ff 03, then the protocol in two bytes, or in one when its first would be 0. */
static int after_ppp(const uint8_t *frame, size_t len, size_t at)
{
    at += at + 2 <= len && frame[at] == 0xff && frame[at + 1] == 0x03 ? 2 : 0;
    at += at < len && frame[at] == 0;
    if (at < len && (frame[at] == 0x21 || frame[at] == 0x57))
        return if_ip_at(frame, len, at + 1);
    return -1;
}

/* at: offset of the type field; what it announces follows directly. */
static int after_ethertype(const uint8_t *frame, size_t len, size_t at)
{
    int tags;

    for (tags = 0; tags <= VLAN_TAGS_MAX && at + 2 <= len; tags++, at += 4) {
        unsigned type = get_u16be(frame + at);

        if (is_ip(type))
            return (int)at + 2;
        if (type == ETHERTYPE_PPPOE)
            return after_ppp(frame, len, at + 2 + PPPOE_HEADER);
        if (!is_vlan(type))
            return -1;
    }
    return -1;
}

/* RFC 2427: two bytes of address, 03, maybe a zero, then what it carries: IPv4, IPv6 or a type of Ethernet.
 * Cisco puts the type behind the address. */
static int after_frame_relay(const uint8_t *frame, size_t len)
{
    size_t at = 3;

    if (len < 6)
        return -1;
    if (frame[2] != 0x03)
        return after_ethertype(frame, len, 2);
    at += frame[at] == 0;
    if (frame[at] == 0xcc || frame[at] == 0x8e)
        return if_ip_at(frame, len, at + 1);
    return frame[at] == 0x80 ? after_ethertype(frame, len, at + 4) : -1;
}

/* IEEE 802.11, 9.2.3: data frames with a body, not encrypted, that carry LLC with SNAP. */
static int after_80211(const uint8_t *frame, size_t len, size_t at)
{
    static const uint8_t snap[6] = {0xaa, 0xaa, 0x03};
    size_t header = 24;

    if (len < at + header || (frame[at] & 0x0c) != 0x08 || frame[at] & 0x40 || frame[at + 1] & 0x40)
        return -1;
    header += (frame[at + 1] & 0x03) == 0x03 ? 6 : 0;                            /* a fourth address */
    header += frame[at] & 0x80 ? (size_t)(frame[at + 1] & 0x80 ? 2 + 4 : 2) : 0; /* QoS, maybe HT control */
    if (len < at + header + sizeof snap || memcmp(frame + at + header, snap, sizeof snap) != 0)
        return -1;
    return after_ethertype(frame, len, at + header + sizeof snap);
}

static int after_radiotap(const uint8_t *frame, size_t len)
{
    return len < 4 ? -1 : after_80211(frame, len, (size_t)frame[2] | (size_t)frame[3] << 8);
}

bool nrs_link_known(uint32_t link)
{
    switch (link) {
    case NRS_LINK_NULL:
    case NRS_LINK_ETHERNET:
    case NRS_LINK_RAW_BSD:
    case NRS_LINK_RAW_OPENBSD:
    case NRS_LINK_RAW:
    case NRS_LINK_LOOP:
    case NRS_LINK_SLL:
    case NRS_LINK_PPP:
    case NRS_LINK_PPP_HDLC:
    case NRS_LINK_FRELAY:
    case NRS_LINK_80211:
    case NRS_LINK_RADIOTAP:
    case NRS_LINK_IPV4:
    case NRS_LINK_IPV6:
    case NRS_LINK_SLL2: return true;
    default: return false;
    }
}

int nrs_link_ip(uint32_t link, const uint8_t *frame, size_t len)
{
    switch (link) {
    case NRS_LINK_ETHERNET: return after_ethertype(frame, len, 12);
    case NRS_LINK_SLL: return len < 16 ? -1 : after_ethertype(frame, len, 14);
    case NRS_LINK_SLL2: return len >= 20 && is_ip(get_u16be(frame)) ? 20 : -1;
    case NRS_LINK_PPP:
    case NRS_LINK_PPP_HDLC: return after_ppp(frame, len, 0);
    case NRS_LINK_FRELAY: return after_frame_relay(frame, len);
    case NRS_LINK_80211: return after_80211(frame, len, 0);
    case NRS_LINK_RADIOTAP: return after_radiotap(frame, len);
    case NRS_LINK_NULL:
    case NRS_LINK_LOOP: return if_ip_at(frame, len, 4);
    case NRS_LINK_RAW_BSD:
    case NRS_LINK_RAW_OPENBSD:
    case NRS_LINK_RAW:
    case NRS_LINK_IPV4:
    case NRS_LINK_IPV6: return if_ip_at(frame, len, 0);
    default: return -1;
    }
}
