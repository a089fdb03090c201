#include "agent/core/table.h"

#include <string.h>

#define NO_OWNER NRS_NO_DEST
#define ALIGN 16u
#define WORTH_VERDICT 1000 /* more than any count is worth */
#define WORTH_MARGIN 32    /* a day changes its owner only for this much more */

static uint32_t heads_for(uint32_t dest_cap)
{
    uint32_t n = 1;

    while (n < dest_cap)
        n *= 2;
    return n;
}

static size_t round_up(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static size_t bitmap_bytes(uint32_t n)
{
    return round_up((n + 31) / 32 * sizeof(uint32_t));
}

size_t nrs_table_bytes(uint32_t dest_cap, uint32_t watched_cap)
{
    return round_up(heads_for(dest_cap) * sizeof(uint32_t)) +
           round_up(dest_cap * sizeof(struct nrs_table_link)) + 2 * bitmap_bytes(dest_cap) +
           round_up(watched_cap * sizeof(uint32_t)) + round_up(watched_cap * sizeof(uint16_t)) +
           round_up(dest_cap * sizeof(struct nrs_dest)) + round_up(watched_cap * sizeof(struct nrs_day)) +
           nrs_admission_bytes(dest_cap);
}

static void *carve(unsigned char **at, size_t bytes)
{
    void *p = *at;

    *at += round_up(bytes);
    return p;
}

void nrs_table_init(struct nrs_table *t, void *mem, uint32_t dest_cap, uint32_t watched_cap, uint32_t seed)
{
    unsigned char *at = mem;

    memset(t, 0, sizeof *t);
    t->dest_cap = dest_cap;
    t->watched_cap = watched_cap;
    t->n_heads = heads_for(dest_cap);
    t->seed = seed;
    t->heads = carve(&at, t->n_heads * sizeof *t->heads);
    t->links = carve(&at, dest_cap * sizeof *t->links);
    t->dirty = carve(&at, bitmap_bytes(dest_cap));
    t->used = carve(&at, bitmap_bytes(dest_cap));
    t->owners = carve(&at, watched_cap * sizeof *t->owners);
    t->free_days = carve(&at, watched_cap * sizeof *t->free_days);
    t->dests = carve(&at, dest_cap * sizeof *t->dests);
    t->days = carve(&at, watched_cap * sizeof *t->days);
    nrs_admission_init(&t->admission, at, dest_cap, seed);
    memset(t->heads, 0xff, t->n_heads * sizeof *t->heads);
    memset(t->owners, 0xff, watched_cap * sizeof *t->owners);
    memset(t->dirty, 0, bitmap_bytes(dest_cap));
    memset(t->used, 0, bitmap_bytes(dest_cap));
    for (uint32_t i = 0; i < dest_cap; i++)
        t->links[i].next = i + 1 < dest_cap ? i + 1 : NRS_NO_DEST;
    for (uint32_t i = 0; i < watched_cap; i++)
        t->free_days[i] = (uint16_t)(watched_cap - 1 - i);
}

static bool get_bit(const uint32_t *v, uint32_t i)
{
    return v[i / 32] >> (i & 31) & 1;
}

static void put_bit(uint32_t *v, uint32_t i, bool on)
{
    uint32_t mask = 1u << (i & 31);

    v[i / 32] = on ? v[i / 32] | mask : v[i / 32] & ~mask;
}

static uint32_t find_hashed(const struct nrs_table *t, const struct nrs_key *k, uint32_t hash)
{
    uint32_t i = t->heads[hash & (t->n_heads - 1)];

    while (i != NRS_NO_DEST && (t->links[i].hash != hash || !nrs_key_equal(&t->dests[i].key, k)))
        i = t->links[i].next;
    return i;
}

uint32_t nrs_table_find(const struct nrs_table *t, const struct nrs_key *k)
{
    return find_hashed(t, k, nrs_key_hash(k, t->seed));
}

/* What it would cost to forget this destination; see the rule in the header. */
static int32_t worth(const struct nrs_dest *d, uint32_t minute)
{
    uint32_t idle_min = nrs_dest_idle_min(d, minute);
    int32_t w = 0;

    if (d->key.inbound)
        return -WORTH_VERDICT;
    if (d->verdict.life == NRS_LIFE_OPEN)
        w += WORTH_VERDICT;
    w += 8 * (d->active_minutes < 60 ? d->active_minutes : 60);
    w += d->n < 60 ? (int32_t)d->n : 60;
    return w - (int32_t)(idle_min < 1440 ? idle_min : 1440) / 4;
}

static uint32_t least_worth(struct nrs_table *t, uint32_t minute)
{
    uint32_t best = t->hand;
    int32_t least = INT32_MAX;

    for (unsigned i = 0; i < NRS_CANDIDATES; i++) {
        int32_t w = worth(&t->dests[t->hand], minute);

        if (w < least) {
            least = w;
            best = t->hand;
        }
        t->hand = t->hand + 1 < t->dest_cap ? t->hand + 1 : 0;
    }
    return best;
}

static uint32_t victim(struct nrs_table *t, uint32_t minute)
{
    uint32_t i = nrs_admission_victim(&t->admission, t->dests);

    if (i != NRS_NO_ENTRY)
        return i;
    t->evicted_returning++;
    return least_worth(t, minute);
}

static void drop_day(struct nrs_table *t, struct nrs_dest *d)
{
    if (d->watched == NRS_NOT_WATCHED)
        return;
    t->free_days[t->watched_cap - t->n_watched] = d->watched;
    t->n_watched--;
    t->owners[d->watched] = NO_OWNER;
    d->watched = NRS_NOT_WATCHED;
}

void nrs_table_forget(struct nrs_table *t, uint32_t index)
{
    uint32_t *at = &t->heads[t->links[index].hash & (t->n_heads - 1)];

    while (*at != index)
        at = &t->links[*at].next;
    *at = t->links[index].next;
    nrs_admission_leave(&t->admission, index);
    drop_day(t, &t->dests[index]);
    put_bit(t->used, index, false);
    put_bit(t->dirty, index, false);
    t->links[index].next = t->free;
    t->free = index;
    t->n_dests--;
}

uint32_t nrs_table_take(struct nrs_table *t, const struct nrs_key *k, uint32_t minute, nrs_table_evict_fn fn,
                        void *arg)
{
    uint32_t hash = nrs_key_hash(k, t->seed);
    uint32_t i = find_hashed(t, k, hash);
    uint32_t *head = &t->heads[hash & (t->n_heads - 1)];

    if (i != NRS_NO_DEST)
        return i;
    if (t->free == NRS_NO_DEST) {
        if (k->inbound) {
            t->refused_inbound++;
            return NRS_NO_DEST;
        }
        i = victim(t, minute);
        if (fn)
            fn(arg, i);
        nrs_admission_note(&t->admission, t->links[i].hash);
        nrs_table_forget(t, i);
        t->evicted++;
    }
    i = t->free;
    t->free = t->links[i].next;
    t->links[i] = (struct nrs_table_link){.hash = hash, .next = *head};
    *head = i;
    put_bit(t->used, i, true);
    t->n_dests++;
    nrs_dest_init(&t->dests[i], k);
    nrs_admission_enter(&t->admission, i, k, hash);
    return i;
}

/* A day whose owner is worth clearly less than `candidate`; watched_cap if none of those looked at is. */
static uint32_t poorest_day(struct nrs_table *t, const struct nrs_dest *candidate, uint32_t minute)
{
    int32_t least = worth(candidate, minute) - WORTH_MARGIN;
    uint32_t best = t->watched_cap;

    for (unsigned i = 0; i < NRS_CANDIDATES && i < t->watched_cap; i++) {
        uint32_t day = t->day_hand;
        int32_t w = worth(&t->dests[t->owners[day]], minute);

        t->day_hand = day + 1 < t->watched_cap ? day + 1 : 0;
        if (w < least) {
            least = w;
            best = day;
        }
    }
    return best;
}

/* Makes room if that is right; false if there is none. */
static bool free_a_day(struct nrs_table *t, const struct nrs_dest *candidate, uint32_t minute)
{
    uint32_t day;

    if (t->n_watched < t->watched_cap)
        return true;
    day = poorest_day(t, candidate, minute);
    if (day == t->watched_cap)
        return false;
    drop_day(t, &t->dests[t->owners[day]]);
    t->unwatched++;
    return true;
}

struct nrs_day *nrs_table_watch(struct nrs_table *t, uint32_t index, uint64_t now)
{
    struct nrs_dest *d = &t->dests[index];

    if (d->key.inbound || d->active_minutes < NRS_WATCH_MINUTES || !t->watched_cap ||
        !free_a_day(t, d, (uint32_t)(now / 60000)))
        return NULL;
    t->n_watched++;
    d->watched = t->free_days[t->watched_cap - t->n_watched];
    t->owners[d->watched] = index;
    nrs_dest_fill_day(d, &t->days[d->watched], now + 1);
    return &t->days[d->watched];
}

struct nrs_day *nrs_table_day(const struct nrs_table *t, const struct nrs_dest *d)
{
    return d->watched == NRS_NOT_WATCHED ? NULL : &t->days[d->watched];
}

static uint32_t next_bit(const uint32_t *v, uint32_t cap, uint32_t i)
{
    while (i < cap) {
        if (!(i & 31) && !v[i / 32])
            i += 32;
        else if (get_bit(v, i))
            return i;
        else
            i++;
    }
    return NRS_NO_DEST;
}

uint32_t nrs_table_next(const struct nrs_table *t, uint32_t index)
{
    return next_bit(t->used, t->dest_cap, index);
}

uint32_t nrs_table_next_dirty(const struct nrs_table *t, uint32_t index)
{
    return next_bit(t->dirty, t->dest_cap, index);
}

void nrs_table_set_dirty(struct nrs_table *t, uint32_t index)
{
    put_bit(t->dirty, index, true);
}

void nrs_table_clear_dirty(struct nrs_table *t, uint32_t index)
{
    put_bit(t->dirty, index, false);
}
