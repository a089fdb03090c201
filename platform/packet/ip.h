/* platform/packet/ip.h - the IP header: where the transport header begins, and how long the packet was
 *
 * A view points into the packet that it was made from, and lives as long as that. */
#ifndef NRS_IP_H
#define NRS_IP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_IP_EXTENSIONS_MAX 8 /* IPv6 extension headers followed; a packet with more is malformed */

enum nrs_ip_result {
    NRS_IP_OK,
    NRS_IP_SKIP, /* well-formed, but without a transport header to read: a later fragment, or encrypted */
    NRS_IP_BAD   /* too short, or a length that contradicts another */
};

struct nrs_ip_view {
    const uint8_t *src, *dst; /* 4 or 16 bytes, see version */
    const uint8_t *body;      /* the transport header */
    size_t body_cap;          /* bytes of it captured; link-layer padding is not counted */
    size_t body_wire;         /* bytes of it sent, at least body_cap */
    uint8_t version;          /* 4 or 6 */
    uint8_t proto;
    bool fragment;            /* the first of several: body_wire is that of this piece only */
};

enum nrs_ip_result nrs_ip_parse(struct nrs_ip_view *v, const uint8_t *ip, size_t cap_len, size_t wire_len);

/* Writes an address in the one form that flows use: IPv4, mapped and 64:ff9b::/96 (RFC 6052) become
 * ::ffff:a.b.c.d. */
void nrs_ip_addr(struct nrs_addr *out, const uint8_t *raw, uint8_t version);

bool nrs_addr_is_loopback(const struct nrs_addr *a); /* 127.0.0.0/8 or ::1 */

#endif
