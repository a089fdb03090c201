#include "agent/core/names.h"

#include <string.h>

#include "agent/core/dest.h"

static uint32_t sets_for(uint32_t cap)
{
    return cap < NRS_NAME_WAYS ? 1 : (cap + NRS_NAME_WAYS - 1) / NRS_NAME_WAYS;
}

size_t nrs_names_bytes(uint32_t cap)
{
    return (size_t)sets_for(cap) * NRS_NAME_WAYS * sizeof(struct nrs_name);
}

void nrs_names_init(struct nrs_names *n, void *mem, uint32_t cap, uint32_t seed)
{
    n->n_sets = sets_for(cap);
    n->seed = seed;
    n->places = mem;
    memset(mem, 0, nrs_names_bytes(cap));
    for (size_t i = 0; i < (size_t)n->n_sets * NRS_NAME_WAYS; i++)
        n->places[i].age = (uint8_t)(i % NRS_NAME_WAYS);
}

static struct nrs_name *home(const struct nrs_names *n, const struct nrs_addr *a)
{
    return &n->places[(size_t)(nrs_addr_hash(a, n->seed) % n->n_sets) * NRS_NAME_WAYS];
}

/* Ranks stay a permutation: only those used later than this one get older. */
static void touch(struct nrs_name *set, struct nrs_name *used)
{
    for (unsigned i = 0; i < NRS_NAME_WAYS; i++)
        if (set[i].age < used->age)
            set[i].age++;
    used->age = 0;
}

static struct nrs_name *find(struct nrs_name *set, const struct nrs_addr *a)
{
    for (unsigned i = 0; i < NRS_NAME_WAYS; i++)
        if (set[i].text[0] && !memcmp(&set[i].addr, a, sizeof *a))
            return &set[i];
    return NULL;
}

static struct nrs_name *oldest(struct nrs_name *set)
{
    struct nrs_name *best = set;

    for (unsigned i = 0; i < NRS_NAME_WAYS; i++) {
        if (!set[i].text[0])
            return &set[i];
        if (set[i].age > best->age)
            best = &set[i];
    }
    return best;
}

void nrs_names_put(struct nrs_names *n, const struct nrs_addr *a, const char *name)
{
    struct nrs_name *set = home(n, a), *place = find(set, a);
    size_t len = strlen(name);

    if (!len)
        return;
    if (!place)
        place = oldest(set);
    if (len > NRS_NAME_MAX)
        name += len - NRS_NAME_MAX;
    place->addr = *a;
    memset(place->text, 0, sizeof place->text);
    memcpy(place->text, name, len > NRS_NAME_MAX ? NRS_NAME_MAX : len);
    touch(set, place);
}

const char *nrs_names_get(struct nrs_names *n, const struct nrs_addr *a)
{
    struct nrs_name *set = home(n, a), *place = find(set, a);

    if (!place)
        return NULL;
    touch(set, place);
    return place->text;
}
