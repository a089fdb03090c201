/* tools/collector/serve/rate.h - how fast one device may post
 *
 * A token bucket per device: `per_s` posts a second, twice as many at once. The table is fixed: NRS_COL_RATE_SLOTS
 * buckets, found by a hash of the name; a device that meets another one's bucket takes it over full. That favours the
 * devices, and only known devices get this far.
 *
 * Time: milliseconds that never go back. */
#ifndef NRS_COL_RATE_H
#define NRS_COL_RATE_H
#include <stdbool.h>
#include <stdint.h>

#define NRS_COL_RATE_SLOTS 4096

struct nrs_col_rate {
    unsigned per_s;
    struct {
        uint64_t name;   /* hash, 0 = empty */
        uint64_t at_ms;
        uint64_t tokens; /* thousandths of a post */
    } slot[NRS_COL_RATE_SLOTS];
};

void nrs_col_rate_init(struct nrs_col_rate *r, unsigned per_s);

/* Takes one token; false if there is none. */
bool nrs_col_rate_take(struct nrs_col_rate *r, const char *device, uint64_t now_ms);

#endif
