#include "agent/core/siblings.h"

#include <string.h>

#include "agent/core/features.h"

static uint32_t sets_for(uint32_t dest_cap)
{
    return dest_cap / 16 / NRS_SIBLINGS_WAYS;
}

size_t nrs_siblings_bytes(uint32_t dest_cap)
{
    return (size_t)sets_for(dest_cap) * NRS_SIBLINGS_WAYS * sizeof(struct nrs_dest);
}

void nrs_siblings_init(struct nrs_siblings *s, void *mem, uint32_t dest_cap, uint32_t seed)
{
    s->n_sets = sets_for(dest_cap);
    s->seed = seed;
    s->places = mem;
    memset(mem, 0, nrs_siblings_bytes(dest_cap));
}

static bool are_siblings(const struct nrs_key *a, const struct nrs_key *b)
{
    return a->proto == b->proto && !memcmp(&a->local, &b->local, sizeof a->local) &&
           nrs_port_class(a->rport, a->proto) == nrs_port_class(b->rport, b->proto);
}

/* All siblings have the same. */
static uint32_t home(const struct nrs_siblings *s, const struct nrs_key *k)
{
    const struct nrs_key shared = {
        .local = k->local, .rport = (uint16_t)nrs_port_class(k->rport, k->proto), .proto = k->proto};

    return nrs_key_hash(&shared, s->seed) % s->n_sets * NRS_SIBLINGS_WAYS;
}

/* A free place, or the one that was silent longest; NULL if all hold verdicts. */
static struct nrs_dest *poorest(struct nrs_dest *set)
{
    struct nrs_dest *best = NULL;

    for (unsigned i = 0; i < NRS_SIBLINGS_WAYS; i++) {
        if (!set[i].n)
            return &set[i];
        if (!set[i].verdict && (!best || set[i].last_minute < best->last_minute))
            best = &set[i];
    }
    return best;
}

struct nrs_dest *nrs_siblings_take(struct nrs_siblings *s, const struct nrs_key *server)
{
    struct nrs_dest *set = s->places + home(s, server), *d;

    for (unsigned i = 0; i < NRS_SIBLINGS_WAYS; i++) {
        if (set[i].n && are_siblings(&set[i].key, server)) {
            set[i].key = *server;
            return &set[i];
        }
    }
    d = poorest(set);
    if (d)
        nrs_dest_init(d, server);
    return d;
}

uint8_t nrs_siblings_server(const struct nrs_siblings *s, const struct nrs_addr *remote)
{
    const struct nrs_key k = {.remote = *remote};

    return (uint8_t)(1 + nrs_key_hash(&k, s->seed) % 255);
}

struct nrs_dest *nrs_siblings_next(const struct nrs_siblings *s, uint32_t *i)
{
    for (; *i < s->n_sets * NRS_SIBLINGS_WAYS; ++*i)
        if (s->places[*i].n)
            return &s->places[*i];
    return NULL;
}
