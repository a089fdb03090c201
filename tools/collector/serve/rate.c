#include "tools/collector/serve/rate.h"

#include <string.h>

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
    return h | 1;
}

void nrs_col_rate_init(struct nrs_col_rate *r, unsigned per_s)
{
    memset(r, 0, sizeof *r);
    r->per_s = per_s;
}

bool nrs_col_rate_take(struct nrs_col_rate *r, const char *device, uint64_t now_ms)
{
    const uint64_t full = (uint64_t)r->per_s * 2000;
    uint64_t name = hash(device), since;
    size_t i = (size_t)(name >> 32) % NRS_COL_RATE_SLOTS;

    if (r->slot[i].name != name) {
        r->slot[i].name = name;
        r->slot[i].tokens = full;
        r->slot[i].at_ms = now_ms;
    }
    since = now_ms - r->slot[i].at_ms;
    r->slot[i].at_ms = now_ms;
    /* per_s posts a second are per_s thousandths a millisecond; two seconds fill it. */
    r->slot[i].tokens = since >= 2000 || r->slot[i].tokens + since * r->per_s > full
                            ? full
                            : r->slot[i].tokens + since * r->per_s;
    if (r->slot[i].tokens < 1000)
        return false;
    r->slot[i].tokens -= 1000;
    return true;
}
