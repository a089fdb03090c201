#include "agent/core/siblings.h"

#include <string.h>

#include "agent/core/features.h"

static uint32_t sets_for(uint32_t dest_cap)
{
    return dest_cap / 16 / NRS_SIBLINGS_WAYS;
}

static size_t n_places(uint32_t dest_cap)
{
    return (size_t)sets_for(dest_cap) * NRS_SIBLINGS_WAYS;
}

size_t nrs_siblings_bytes(uint32_t dest_cap)
{
    return n_places(dest_cap) * (sizeof(struct nrs_dest) + sizeof(uint32_t));
}

void nrs_siblings_init(struct nrs_siblings *s, void *mem, uint32_t dest_cap, uint32_t seed)
{
    s->n_sets = sets_for(dest_cap);
    s->seed = seed;
    s->places = mem;
    s->ids = (uint32_t *)(s->places + n_places(dest_cap));
    memset(mem, 0, nrs_siblings_bytes(dest_cap));
}

/* What siblings share. With 32 bits and a seed nobody else's come in. */
static uint32_t shared_id(const struct nrs_siblings *s, const struct nrs_key *k)
{
    return nrs_addr_hash(&k->local, s->seed ^ (nrs_port_class(k->rport, k->proto) << 8 | k->proto));
}

/* A free place, or the one that was silent longest; NULL if all hold verdicts. */
static struct nrs_dest *poorest(struct nrs_dest *set)
{
    struct nrs_dest *best = NULL;

    for (unsigned i = 0; i < NRS_SIBLINGS_WAYS; i++) {
        if (!set[i].n)
            return &set[i];
        if (!nrs_dest_has_verdict(&set[i]) && (!best || set[i].last_minute < best->last_minute))
            best = &set[i];
    }
    return best;
}

struct nrs_dest *nrs_siblings_take(struct nrs_siblings *s, const struct nrs_key *server)
{
    uint32_t id = shared_id(s, server), first = id % s->n_sets * NRS_SIBLINGS_WAYS;
    struct nrs_dest *set = s->places + first, *d;

    for (unsigned i = 0; i < NRS_SIBLINGS_WAYS; i++) {
        if (set[i].n && s->ids[first + i] == id) {
            set[i].key = *server;
            return &set[i];
        }
    }
    d = poorest(set);
    if (d) {
        nrs_dest_init(d, server);
        s->ids[d - s->places] = id;
    }
    return d;
}

uint8_t nrs_siblings_server(const struct nrs_siblings *s, const struct nrs_addr *remote)
{
    return (uint8_t)(1 + nrs_addr_hash(remote, s->seed) % 255);
}

struct nrs_dest *nrs_siblings_next(const struct nrs_siblings *s, uint32_t *i)
{
    for (; *i < s->n_sets * NRS_SIBLINGS_WAYS; ++*i)
        if (s->places[*i].n)
            return &s->places[*i];
    return NULL;
}
