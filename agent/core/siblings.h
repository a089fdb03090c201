/* agent/core/siblings.h - what a host's young destinations look like taken together
 *
 * C2 that moves to another server every few minutes, or uses a list of them in turn, leaves too little on
 * each. So the connections of one local address to public addresses that have no name, as long as a
 * destination is young, are also noted in one sketch for each class of ports and transport, and that sketch
 * is judged like a destination. A destination that was named by then (DNS, SNI) is left out: content networks
 * and cloud services change addresses too. One that has a verdict or is no longer young is judged by itself.
 *
 * A connection is noted when it ends: only then its name, its sizes and its outcome are known.
 * Key:      of the sketch, that of the latest server; it is found by a hash of local address, transport and
 * port class.
 * Capacity: a sixteenth of the table's destinations, in sets of NRS_SIBLINGS_WAYS. A full set forgets the one
 *           that was silent longest, never one with a verdict; if all have one, the new one is not noted.
 * Memory:   nrs_siblings_bytes(); nothing allocates. */
#ifndef NRS_SIBLINGS_H
#define NRS_SIBLINGS_H
#include <stddef.h>
#include <stdint.h>

#include "agent/core/dest.h"

#define NRS_SIBLINGS_WAYS 4
#define NRS_SIBLING_CONNS NRS_EVENTS /* a destination with more connections than this fills its own sketch */

struct nrs_siblings {
    uint32_t n_sets;
    uint32_t seed;
    struct nrs_dest *places; /* [n_sets * NRS_SIBLINGS_WAYS]; free where n is 0 */
    uint32_t *ids;           /* of each: the hash of what its servers share */
};

size_t nrs_siblings_bytes(uint32_t dest_cap);
void nrs_siblings_init(struct nrs_siblings *s, void *mem, uint32_t dest_cap, uint32_t seed);

/* The sketch for connections to `server`, made if there is none; its key becomes that one. NULL: all places
 * of its set hold verdicts. */
struct nrs_dest *nrs_siblings_take(struct nrs_siblings *s, const struct nrs_key *server);

/* The hash of an address that an event keeps, 1..255. */
uint8_t nrs_siblings_server(const struct nrs_siblings *s, const struct nrs_addr *remote);

/* The next sketch in use at or after place *i, NULL = no more; *i becomes its place. */
struct nrs_dest *nrs_siblings_next(const struct nrs_siblings *s, uint32_t *i);

#endif
