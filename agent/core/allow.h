/* agent/core/allow.h - destinations that the owner of the device vouches for
 *
 * A rule names a network, a domain, a port, a transport, a program, or several at once; all that it names has
 * to fit. Rules decide whether a verdict is reported (life.c). They do not decide whether a destination is
 * counted and judged.
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
#define NRS_ALLOW_PROCESS_MAX 127
/* of a longer name the end is kept: the dot before has to be in it */
#define NRS_ALLOW_DOMAIN_MAX (NRS_NAME_MAX - 1)

struct nrs_allow_rule {
    struct nrs_addr net;
    bool has_net;
    /* bits of `net` that count, 0..128; an IPv4 /n is n + 96. IPv4 and IPv6 never fit each other */
    uint8_t prefix;
    uint8_t proto;     /* 0 = any; NRS_PROTO_ICMP is both ICMPs */
    uint16_t port;     /* of the remote side, 0 = any; ICMP has none */
    uint32_t end_day;  /* the first day, since 1970, on which the rule no longer holds; 0 = it has no end */
    char process[NRS_ALLOW_PROCESS_MAX + 1]; /* path of the program's file, byte by byte; "" = any */
    char domain[NRS_ALLOW_DOMAIN_MAX + 1]; /* itself and all below it; lower case; "" = any */
};

/* The destination that rules are compared with. */
struct nrs_allow_dest {
    const struct nrs_addr *remote;
    const char *name; /* of the address, NULL = not known: no domain fits */
    uint16_t port;
    uint8_t proto;
    uint32_t day;     /* today, UTC, since 1970 */
    uint32_t process; /* nrs_process_code of the program, or NRS_PROCESS_* */
    uint32_t seed;    /* of that code */
};

/* A path as 32 bits, never one of NRS_PROCESS_*. The seed is random on a device, so that nobody can make up a
 * path with the code of another; one that came by chance is one in 2^32. */
#define NRS_PROCESS_UNKNOWN 0u /* no rule that names one fits */
#define NRS_PROCESS_SEVERAL 1u /* nor here: what one program may, the other may not */
#define NRS_PROCESS_ANY     2u /* for a question only: would a rule fit if the program were the right one? */
uint32_t nrs_process_code(const char *path, uint32_t seed);

bool nrs_allow_fits(const struct nrs_allow_rule *r, const struct nrs_allow_dest *d);

/* Whether one of n rules fits. */
bool nrs_allow_any(const struct nrs_allow_rule *rules, size_t n, const struct nrs_allow_dest *d);

#endif
