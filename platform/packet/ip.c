#include "platform/packet/ip.h"

#include <string.h>

#include "platform/packet/bytes_be.h"

enum { IPV6_HOP_BY_HOP = 0, IPV6_ROUTING = 43, IPV6_FRAGMENT = 44, IP_ESP = 50, IP_AUTH = 51, IPV6_NONE = 59,
       IPV6_DEST_OPTIONS = 60 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum nrs_ip_result parse_ipv4(struct nrs_ip_view *v, const uint8_t *ip, size_t cap_len,
                                     size_t wire_len)
{
    size_t header, total;
    uint16_t fragment;

    if (cap_len < 20)
        return NRS_IP_BAD;
    header = (size_t)(ip[0] & 15) * 4;
    total = nrs_get_u16be(ip + 2);
    if (total == 0) /* the sender's offload fills it in later, or the packet is above 64 KiB (BIG TCP) */
        total = wire_len;
    total = smaller(total, wire_len);
    cap_len = smaller(cap_len, total);
    if (header < 20 || header > cap_len)
        return NRS_IP_BAD;
    fragment = nrs_get_u16be(ip + 6);
    if (fragment & 0x1fff)
        return NRS_IP_SKIP;
    *v = (struct nrs_ip_view){.src = ip + 12,
                              .dst = ip + 16,
                              .body = ip + header,
                              .body_cap = cap_len - header,
                              .body_wire = total - header,
                              .version = 4,
                              .proto = ip[9],
                              .fragment = (fragment & 0x2000) != 0};
    return NRS_IP_OK;
}

static bool is_extension(uint8_t proto)
{
    return proto == IPV6_HOP_BY_HOP || proto == IPV6_ROUTING || proto == IPV6_FRAGMENT || proto == IP_AUTH ||
           proto == IPV6_DEST_OPTIONS;
}

/* Steps over one extension header. */
static enum nrs_ip_result skip_extension(struct nrs_ip_view *v)
{
    const uint8_t *h = v->body;
    size_t len;

    if (v->body_cap < 8)
        return NRS_IP_BAD;
    len = ((size_t)h[1] + 1) * 8;
    if (v->proto == IP_AUTH) {
        len = ((size_t)h[1] + 2) * 4;
    } else if (v->proto == IPV6_FRAGMENT) {
        uint16_t offset = nrs_get_u16be(h + 2);

        len = 8;
        if (offset & 0xfff8)
            return NRS_IP_SKIP;
        v->fragment = (offset & 1) != 0;
    }
    if (len > v->body_cap)
        return NRS_IP_BAD;
    v->proto = h[0];
    v->body += len;
    v->body_cap -= len;
    v->body_wire -= len;
    return NRS_IP_OK;
}

static enum nrs_ip_result parse_ipv6(struct nrs_ip_view *v, const uint8_t *ip, size_t cap_len,
                                     size_t wire_len)
{
    size_t payload;

    if (cap_len < 40)
        return NRS_IP_BAD;
    payload = nrs_get_u16be(ip + 4);
    if (payload == 0) /* jumbogram or offload, as above */
        payload = wire_len - 40;
    payload = smaller(payload, wire_len - 40);
    *v = (struct nrs_ip_view){.src = ip + 8, .dst = ip + 24, .body = ip + 40,
                              .body_cap = smaller(cap_len - 40, payload), .body_wire = payload, .version = 6,
                              .proto = ip[6]};
    for (int n = 0; is_extension(v->proto); n++) {
        enum nrs_ip_result r = n < NRS_IP_EXTENSIONS_MAX ? skip_extension(v) : NRS_IP_BAD;

        if (r != NRS_IP_OK)
            return r;
    }
    return v->proto == IP_ESP || v->proto == IPV6_NONE ? NRS_IP_SKIP : NRS_IP_OK;
}

enum nrs_ip_result nrs_ip_parse(struct nrs_ip_view *v, const uint8_t *ip, size_t cap_len, size_t wire_len)
{
    if (wire_len < cap_len)
        wire_len = cap_len;
    if (cap_len < 1)
        return NRS_IP_BAD;
    if (ip[0] >> 4 == 4)
        return parse_ipv4(v, ip, cap_len, wire_len);
    if (ip[0] >> 4 == 6)
        return parse_ipv6(v, ip, cap_len, wire_len);
    return NRS_IP_BAD;
}

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

void nrs_ip_addr(struct nrs_addr *out, const uint8_t *raw, uint8_t version)
{
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};

    if (version == 4) {
        memcpy(out->b, mapped, 12);
        memcpy(out->b + 12, raw, 4);
        return;
    }
    memcpy(out->b, raw, 16);
    if (memcmp(raw, nat64, 12) == 0)
        memcpy(out->b, mapped, 12);
}

/* The one byte that decides nearly always is looked at first. */
bool nrs_addr_is_loopback(const struct nrs_addr *a)
{
    static const uint8_t zeros[12] = {0};

    if (a->b[12] == 127)
        return memcmp(a->b, mapped, 12) == 0;
    return a->b[15] == 1 && a->b[12] == 0 && a->b[13] == 0 && a->b[14] == 0 && memcmp(a->b, zeros, 12) == 0;
}
