#include "tools/collector/serve/rate.h"

#include <string.h>

/* FNV-1a, 64 bits, and a last mixing (of MurmurHash3): the upper bits of FNV alone hardly differ for short
 * names. */
static uint64_t hash(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    return (h ^ h >> 33) | 1;
}

void nrs_col_rate_init(struct nrs_col_rate *r, unsigned per_s, unsigned burst)
{
    memset(r, 0, sizeof *r);
    r->per_s = per_s;
    r->burst = burst;
}

/* The bucket of that name, made if there is none. */
static struct nrs_col_bucket *bucket_of(struct nrs_col_rate *r, uint64_t name, uint64_t now_ms)
{
    struct nrs_col_bucket *set = r->slot[(size_t)(name >> 32) % NRS_COL_RATE_SLOTS], *oldest = set;

    for (size_t i = 0; i < NRS_COL_RATE_WAYS; i++) {
        if (set[i].name == name)
            return &set[i];
        if (set[i].at_ms < oldest->at_ms)
            oldest = &set[i];
    }
    *oldest = (struct nrs_col_bucket){name, now_ms, (uint64_t)r->burst * 1000};
    return oldest;
}

bool nrs_col_rate_take(struct nrs_col_rate *r, const char *name, uint64_t now_ms)
{
    const uint64_t full = (uint64_t)r->burst * 1000;
    struct nrs_col_bucket *b = bucket_of(r, hash(name), now_ms);
    uint64_t since = now_ms - b->at_ms;

    b->at_ms = now_ms;
    /* per_s a second are per_s thousandths a millisecond. */
    b->tokens =
        since >= full / r->per_s || b->tokens + since * r->per_s > full ? full : b->tokens + since * r->per_s;
    if (b->tokens < 1000)
        return false;
    b->tokens -= 1000;
    return true;
}
