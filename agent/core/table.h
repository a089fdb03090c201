/* agent/core/table.h - all destinations, in two tiers of fixed capacity
 *
 * Tier 1: `dest_cap` sketches (dest.h), found by hash chains. Tier 2: `watched_cap` full days (day.h) for
 * destinations that were active in NRS_WATCH_MINUTES different minutes.
 *
 * Eviction: entries that were seen once go first (admission.h). If there are too few of those, a clock hand
 *           looks at NRS_CANDIDATES entries and takes the one worth least. Worth grows with active minutes
 *           and connections and shrinks with idle time; an open verdict (dest.h) outweighs both, a silent one
 *           weighs nothing. A day is given up only for a destination that is clearly worth more than its
 *           owner. Inbound destinations are taken in only while there is a free place, are never watched, and
 *           go first; so a scan from outside evicts nothing.
 * Losses:   counted in `evicted`, `evicted_returning` (those by worth), `unwatched`, `refused_inbound`.
 * Memory:   one block of nrs_table_bytes(); nothing allocates. */
#ifndef NRS_TABLE_H
#define NRS_TABLE_H
#include <stddef.h>
#include <stdint.h>

#include "agent/core/admission.h"
#include "agent/core/day.h"
#include "agent/core/dest.h"

#define NRS_WATCH_MINUTES 4
#define NRS_CANDIDATES 8
#define NRS_NO_DEST UINT32_MAX
#define NRS_WATCHED_MAX 65534

struct nrs_table_link {
    uint32_t hash, next;
};

struct nrs_table {
    uint32_t dest_cap, n_dests;
    uint32_t watched_cap, n_watched;
    uint32_t n_heads;              /* a power of two, at least dest_cap */
    uint32_t seed;
    uint32_t hand, day_hand;       /* clock hands */
    uint32_t free;                 /* chain of unused entries through links[].next */
    uint64_t evicted, evicted_returning, unwatched, refused_inbound;
    struct nrs_admission admission;
    uint32_t *heads;
    struct nrs_table_link *links;
    uint32_t *dirty;               /* a bit an entry: active since it was last judged */
    uint32_t *used;                /* a bit an entry */
    uint32_t *owners;              /* [watched_cap] entry that owns the day, or NRS_NO_DEST */
    uint16_t *free_days;           /* [watched_cap - n_watched] days without an owner */
    struct nrs_dest *dests;
    struct nrs_day *days;
};

/* Called with an entry that is about to be forgotten. */
typedef void (*nrs_table_evict_fn)(void *arg, uint32_t index);

size_t nrs_table_bytes(uint32_t dest_cap, uint32_t watched_cap);
void nrs_table_init(struct nrs_table *t, void *mem, uint32_t dest_cap, uint32_t watched_cap, uint32_t seed);

uint32_t nrs_table_find(const struct nrs_table *t, const struct nrs_key *k);

/* Finds or makes the entry. minute: now, since the core's epoch. NRS_NO_DEST only for an inbound key when the
 * table is full. */
uint32_t nrs_table_take(struct nrs_table *t, const struct nrs_key *k, uint32_t minute, nrs_table_evict_fn fn,
                        void *arg);

/* Gives an entry without a day one if it deserves it. now: milliseconds since the core's epoch, in full.
 * Returns the day, or NULL. */
struct nrs_day *nrs_table_watch(struct nrs_table *t, uint32_t index, uint64_t now);

struct nrs_day *nrs_table_day(const struct nrs_table *t, const struct nrs_dest *d); /* NULL if not watched */
void nrs_table_forget(struct nrs_table *t, uint32_t index);

/* The next used entry at or after `index`, or NRS_NO_DEST. With dirty_only, the next one marked dirty. */
uint32_t nrs_table_next(const struct nrs_table *t, uint32_t index);
uint32_t nrs_table_next_dirty(const struct nrs_table *t, uint32_t index);
void nrs_table_set_dirty(struct nrs_table *t, uint32_t index);
void nrs_table_clear_dirty(struct nrs_table *t, uint32_t index);

#endif
