/* agent/programs/rate.h - a token bucket: per_s tokens a second, and a reserve for bursts */
#ifndef NRS_RATE_H
#define NRS_RATE_H
#include <stdbool.h>
#include <stdint.h>

struct nrs_rate {
    uint32_t per_s, reserve;
    uint64_t have_milli; /* thousandths of a token, at most the reserve's */
    uint64_t filled_ms;
};

/* Starts full. */
void nrs_rate_init(struct nrs_rate *r, uint32_t per_s, uint32_t reserve, uint64_t now_ms);

/* Takes n tokens if there is at least one. A request for more than there are passes, and the following ones
 * wait for it. */
bool nrs_rate_take(struct nrs_rate *r, uint32_t n, uint64_t now_ms);

#endif
