#include "agent/core/admission.h"

#include <string.h>

#include "agent/core/features.h"

#define ALIGN 16u
#define GHOST_WORDS 4u      /* of 32 bits, an entry and generation */
#define GHOST_BITS_A_KEY 10u
#define GHOST_PROBES 4u
#define FRESH_SHARE 8u      /* of the table is fresh before a returning entry is spared */
#define FLOOD_SHARE 4u      /* of the table makes a kind a flood */

static size_t round_up(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static size_t ghost_bytes(uint32_t cap)
{
    return round_up(cap * GHOST_WORDS * sizeof(uint32_t));
}

size_t nrs_admission_bytes(uint32_t cap)
{
    return round_up(cap * sizeof(struct nrs_fresh_link)) + round_up(cap) + 2 * ghost_bytes(cap);
}

void nrs_admission_init(struct nrs_admission *a, void *mem, uint32_t cap, uint32_t seed)
{
    unsigned char *at = mem;

    memset(a, 0, sizeof *a);
    a->cap = cap;
    a->seed = seed;
    a->oldest = a->newest = NRS_NO_ENTRY;
    a->links = (void *)at;
    at += round_up(cap * sizeof *a->links);
    a->kind = at;
    at += round_up(cap);
    a->ghosts[0] = (void *)at;
    a->ghosts[1] = (void *)(at + ghost_bytes(cap));
    memset(a->ghosts[0], 0, ghost_bytes(cap));
    memset(a->ghosts[1], 0, ghost_bytes(cap));
}

/* Bit number i of a key's four. */
static uint32_t ghost_bit(const struct nrs_admission *a, uint32_t hash, unsigned i)
{
    uint32_t mixed = hash * 0x9e3779b1u + i * (hash * 0x85ebca6bu | 1);

    return (uint32_t)((uint64_t)mixed * (a->cap * GHOST_WORDS * 32u) >> 32);
}

static bool is_ghost_in(const struct nrs_admission *a, const uint32_t *bits, uint32_t hash)
{
    for (unsigned i = 0; i < GHOST_PROBES; i++) {
        uint32_t bit = ghost_bit(a, hash, i);

        if (!(bits[bit / 32] >> (bit & 31) & 1))
            return false;
    }
    return true;
}

void nrs_admission_note(struct nrs_admission *a, uint32_t hash)
{
    uint32_t *older = a->ghosts[1];

    if (a->n_ghosts >= a->cap * GHOST_WORDS * 32u / GHOST_BITS_A_KEY) {
        a->ghosts[1] = a->ghosts[0];
        a->ghosts[0] = older;
        memset(older, 0, ghost_bytes(a->cap));
        a->n_ghosts = 0;
    }
    a->n_ghosts++;
    for (unsigned i = 0; i < GHOST_PROBES; i++) {
        uint32_t bit = ghost_bit(a, hash, i);

        a->ghosts[0][bit / 32] |= 1u << (bit & 31);
    }
}

static bool is_fresh(const struct nrs_admission *a, uint32_t i)
{
    return a->links[i].older != i;
}

static void set_newer(struct nrs_admission *a, uint32_t of, uint32_t to)
{
    if (of == NRS_NO_ENTRY)
        a->oldest = to;
    else
        a->links[of].newer = to;
}

static void set_older(struct nrs_admission *a, uint32_t of, uint32_t to)
{
    if (of == NRS_NO_ENTRY)
        a->newest = to;
    else
        a->links[of].older = to;
}

static void unlink_fresh(struct nrs_admission *a, uint32_t i)
{
    set_newer(a, a->links[i].older, a->links[i].newer);
    set_older(a, a->links[i].newer, a->links[i].older);
    a->links[i].older = i;
    a->n_fresh--;
}

static void link_newest(struct nrs_admission *a, uint32_t i)
{
    a->links[i] = (struct nrs_fresh_link){a->newest, NRS_NO_ENTRY};
    set_newer(a, a->newest, i);
    a->newest = i;
    a->n_fresh++;
}

static void link_oldest(struct nrs_admission *a, uint32_t i)
{
    a->links[i] = (struct nrs_fresh_link){NRS_NO_ENTRY, a->oldest};
    set_older(a, a->oldest, i);
    a->oldest = i;
    a->n_fresh++;
}

static bool floods(const struct nrs_admission *a, uint32_t i)
{
    return a->n_kind[a->kind[i]] > a->cap / FLOOD_SHARE;
}

void nrs_admission_enter(struct nrs_admission *a, uint32_t i, const struct nrs_key *key, uint32_t hash)
{
    uint32_t what = (uint32_t)(nrs_port_class(key->rport, key->proto) << 8 | key->proto);
    bool returned =
        !key->inbound && (is_ghost_in(a, a->ghosts[0], hash) || is_ghost_in(a, a->ghosts[1], hash));

    a->kind[i] = (uint8_t)(nrs_addr_hash(&key->local, a->seed ^ what) % NRS_ADMISSION_KINDS);
    a->n_flooding += ++a->n_kind[a->kind[i]] == a->cap / FLOOD_SHARE + 1;
    a->links[i].older = i;
    if (key->inbound)
        link_oldest(a, i);
    else if (!returned)
        link_newest(a, i);
}

void nrs_admission_leave(struct nrs_admission *a, uint32_t i)
{
    if (is_fresh(a, i))
        unlink_fresh(a, i);
    a->n_flooding -= a->n_kind[a->kind[i]]-- == a->cap / FLOOD_SHARE + 1;
}

/* It has connections in two different minutes, or a verdict. */
static bool has_returned(const struct nrs_dest *d)
{
    return !d->key.inbound && ((d->active_minutes >= 2 && d->n >= 2) || nrs_dest_has_verdict(d));
}

uint32_t nrs_admission_victim(struct nrs_admission *a, const struct nrs_dest *dests)
{
    for (unsigned step = 0; step < NRS_ADMISSION_STEPS && a->n_fresh > a->cap / FRESH_SHARE; step++) {
        uint32_t i = a->oldest;
        bool spared = a->n_flooding > 0 && !floods(a, i) && !dests[i].key.inbound;

        if (!has_returned(&dests[i]) && (!spared || step + 1 == NRS_ADMISSION_STEPS))
            return i;
        unlink_fresh(a, i);
        if (!has_returned(&dests[i]))
            link_newest(a, i);
    }
    return NRS_NO_ENTRY;
}
