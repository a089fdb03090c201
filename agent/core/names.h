/* agent/core/names.h - which name an address was last seen under
 *
 * A cache of fixed capacity: an address has one home set of NRS_NAME_WAYS places; a new name takes the place
 * that was not used longest. Names are for reports and allow-lists, never part of a key.
 * Memory: nrs_names_bytes(); a name longer than NRS_NAME_MAX keeps its end (the domain). */
#ifndef NRS_NAMES_H
#define NRS_NAMES_H
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_NAME_MAX 62
#define NRS_NAME_WAYS 4

struct nrs_name {
    struct nrs_addr addr;
    uint8_t age;                 /* rank in its set: 0 = used last */
    char text[NRS_NAME_MAX + 1]; /* "" = free */
};

struct nrs_names {
    uint32_t n_sets;
    uint32_t seed;
    struct nrs_name *places;
};

size_t nrs_names_bytes(uint32_t cap); /* cap is rounded up to whole sets */
void nrs_names_init(struct nrs_names *n, void *mem, uint32_t cap, uint32_t seed);
void nrs_names_put(struct nrs_names *n, const struct nrs_addr *a, const char *name);
const char *nrs_names_get(struct nrs_names *n, const struct nrs_addr *a); /* NULL = not known */

#endif
