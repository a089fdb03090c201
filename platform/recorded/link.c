#include "platform/recorded/link.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define VLAN_TAGS_MAX  4

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

/* at: offset of the type field; what it announces follows directly. */
static int after_ethertype(const uint8_t *frame, size_t len, size_t at)
{
    int tags;

    for (tags = 0; tags <= VLAN_TAGS_MAX && at + 2 <= len; tags++, at += 4) {
        unsigned type = get_u16be(frame + at);

        if (is_ip(type))
            return (int)at + 2;
        if (!is_vlan(type))
            return -1;
    }
    return -1;
}

/* The header's own type says little here (families have different numbers on every system), so look at the
 * version of what follows. */
static int if_ip_at(const uint8_t *frame, size_t len, size_t at)
{
    unsigned version = at < len ? frame[at] >> 4 : 0;

    return version == 4 || version == 6 ? (int)at : -1;
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
