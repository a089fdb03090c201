/* tools/collector/serve/rate.h - how often somebody may do something: post (per device), shake hands (per
 * address)
 *
 * A token bucket per name: `per_s` a second, `burst` at once. The table is fixed: NRS_COL_RATE_SLOTS sets
 * of NRS_COL_RATE_WAYS buckets, found by a hash of the name. A new name takes over the bucket of its set
 * that was used longest ago, full.
 *
 * Time: milliseconds that never go back. */
#ifndef NRS_COL_RATE_H
#define NRS_COL_RATE_H
#include <stdbool.h>
#include <stdint.h>

#define NRS_COL_RATE_SLOTS 2048
#define NRS_COL_RATE_WAYS 4

struct nrs_col_rate {
    unsigned per_s, burst;
    struct nrs_col_bucket {
        uint64_t name;   /* hash, 0 = empty */
        uint64_t at_ms;
        uint64_t tokens; /* thousandths */
    } slot[NRS_COL_RATE_SLOTS][NRS_COL_RATE_WAYS];
};

void nrs_col_rate_init(struct nrs_col_rate *r, unsigned per_s, unsigned burst);

/* Takes one token; false if there is none. */
bool nrs_col_rate_take(struct nrs_col_rate *r, const char *name, uint64_t now_ms);

#endif
