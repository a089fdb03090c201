#include "agent/programs/rate.h"

void nrs_rate_init(struct nrs_rate *r, uint32_t per_s, uint32_t reserve, uint64_t now_ms)
{
    *r = (struct nrs_rate){per_s, reserve, (uint64_t)reserve * 1000, now_ms};
}

static void fill(struct nrs_rate *r, uint64_t now_ms)
{
    uint64_t full = (uint64_t)r->reserve * 1000, passed = now_ms > r->filled_ms ? now_ms - r->filled_ms : 0;
    uint64_t missing = full - r->have_milli;

    r->have_milli += passed < missing / r->per_s ? passed * r->per_s : missing;
    r->filled_ms += passed;
}

bool nrs_rate_take(struct nrs_rate *r, uint32_t n, uint64_t now_ms)
{
    uint64_t cost = (uint64_t)n * 1000;

    fill(r, now_ms);
    if (r->have_milli < 1000)
        return false;
    r->have_milli -= cost < r->have_milli ? cost : r->have_milli;
    return true;
}
