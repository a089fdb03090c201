/* agent/core/allow.h - destinations that the owner of the device vouches for
 *
 * A rule names a network, a domain, a port, a transport, or several of these; all that it names have to fit. Rules are
 * asked before a verdict is told, not before a destination is counted and judged (judge.c).
 *
 * Owner: the table of rules is the caller's; nothing here allocates or keeps state.
 * Limit: NRS_ALLOW_MAX rules. */
#ifndef NRS_ALLOW_H
#define NRS_ALLOW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/core/names.h"
#include "platform/flow.h"

#define NRS_ALLOW_MAX 64
#define NRS_ALLOW_DOMAIN_MAX (NRS_NAME_MAX - 1) /* of a longer name the end is kept: the dot before has to be in it */

struct nrs_allow_rule {
    struct nrs_addr net;
    bool has_net;
    uint8_t prefix;    /* bits of `net` that count, 0..128; an IPv4 /n is n + 96. IPv4 and IPv6 never fit each other */
    uint8_t proto;     /* 0 = any; NRS_PROTO_ICMP is both ICMPs */
    uint16_t port;     /* of the remote side, 0 = any; ICMP has none */
    uint32_t end_day;  /* the first day, since 1970, on which the rule no longer holds; 0 = it has no end */
    char domain[NRS_ALLOW_DOMAIN_MAX + 1]; /* itself and all below it; lower case; "" = any */
};

/* What is asked about. */
struct nrs_allow_dest {
    const struct nrs_addr *remote;
    const char *name; /* of the address, NULL = not known: no domain fits */
    uint16_t port;
    uint8_t proto;
    uint32_t day;     /* today, UTC, since 1970 */
};

bool nrs_allow_fits(const struct nrs_allow_rule *r, const struct nrs_allow_dest *d);

/* Whether one of n rules fits. */
bool nrs_allow_any(const struct nrs_allow_rule *rules, size_t n, const struct nrs_allow_dest *d);

#endif
