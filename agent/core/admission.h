/* agent/core/admission.h - who stays in a full table: what was seen again outlives what was seen once
 *
 * A program that sends to ever new addresses must not push out a slow beacon. These rules see to that:
 *
 *   fresh     An entry is fresh until it has connections in two different minutes. A new entry takes the
 *             place of the fresh one that came longest ago, as long as more than an eighth of the table is
 *             fresh; only then a returning one can go (table.h).
 *   kinds     An inner address, transport and port class is a kind. While one kind holds more than a quarter
 *             of the table, fresh entries of other kinds get a second chance: the kind that floods pays.
 *   inbound   Entries of inbound connections are fresh for ever, and go before all others.
 *   ghosts    Evicted keys are remembered as bits. An entry whose key is remembered has returned, so it is
 *   not fresh.
 *
 * Ghosts: two generations of 128 bits an entry, four bits a key. A generation is full with one key for each
 *         10 bits (1.2 % of strangers are then taken for ghosts), and takes the place of the older one. So
 *         between 13 and 26 evictions an entry of the table are remembered.
 * Memory: nrs_admission_bytes(), 41 bytes an entry; nothing allocates. No call looks at more than
 *         NRS_ADMISSION_STEPS entries. */
#ifndef NRS_ADMISSION_H
#define NRS_ADMISSION_H
#include <stddef.h>
#include <stdint.h>

#include "agent/core/dest.h"

#define NRS_ADMISSION_KINDS 256 /* counters; kinds that share one flood together */
#define NRS_ADMISSION_STEPS 32

struct nrs_fresh_link {
    uint32_t older, newer; /* entries, NRS_NO_ENTRY at the ends */
};

struct nrs_admission {
    uint32_t cap, n_fresh, oldest, newest;
    uint32_t seed;
    uint32_t n_flooding;             /* kinds with more than a quarter of the table */
    uint32_t n_ghosts;               /* keys in the newer generation */
    uint32_t n_kind[NRS_ADMISSION_KINDS];
    struct nrs_fresh_link *links;    /* [cap] of fresh entries; of others, older is the entry itself */
    uint8_t *kind;                   /* [cap] */
    uint32_t *ghosts[2];             /* [cap * 4] words each; [0] is the newer generation */
};

#define NRS_NO_ENTRY UINT32_MAX

size_t nrs_admission_bytes(uint32_t cap);
void nrs_admission_init(struct nrs_admission *a, void *mem, uint32_t cap, uint32_t seed);

/* Entry i becomes that of `key`; hash: nrs_key_hash of it. */
void nrs_admission_enter(struct nrs_admission *a, uint32_t i, const struct nrs_key *key, uint32_t hash);

/* Entry i becomes free. */
void nrs_admission_leave(struct nrs_admission *a, uint32_t i);

/* The key of an entry that is evicted becomes a ghost. */
void nrs_admission_note(struct nrs_admission *a, uint32_t hash);

/* The fresh entry that goes next; NRS_NO_ENTRY: too few are fresh. dests: [cap], of the table. */
uint32_t nrs_admission_victim(struct nrs_admission *a, const struct nrs_dest *dests);

#endif
