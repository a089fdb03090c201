#include "models/model_grams.h"

#include <string.h>

/* FNV-1a, 32 bit: offset basis and prime of draft-eastlake-fnv. */
#define FNV_BASIS 0x811c9dc5u
#define FNV_PRIME 0x01000193u

static uint32_t hash_byte(uint32_t h, uint32_t byte)
{
    return (h ^ byte) * FNV_PRIME;
}

static unsigned runs(const struct nrs_term *t, unsigned n)
{
    if (n == 1)
        return t->reach < NRS_GRAMS_PLACED ? t->reach : NRS_GRAMS_PLACED;
    return t->reach < n ? 0 : t->reach - n + 1;
}

/* False if a byte of the run is absent. */
static bool bucket_of(const struct nrs_term *t, const uint16_t *bytes, unsigned at, unsigned n, uint32_t hash,
                      uint16_t *bucket)
{
    if (n == 1)
        hash = hash_byte(hash, at);
    for (unsigned i = at; i < at + n; i++) {
        if (bytes[i] >= NRS_BYTE_ABSENT)
            return false;
        hash = hash_byte(hash, bytes[i]);
    }
    *bucket = (uint16_t)((hash ^ hash >> 16) & ((1u << t->bits) - 1));
    return true;
}

unsigned nrs_grams_list(const struct nrs_model *m, const struct nrs_term *t, const uint16_t *x,
                        struct nrs_gram list[NRS_GRAMS_MAX])
{
    const uint16_t *bytes = x + m->schema->n_features;
    uint32_t salted = hash_byte(FNV_BASIS, x[t->a] & 0xffu);
    uint8_t seen[(1u << NRS_MODEL_GRAM_BITS_MAX) / 8];
    unsigned n_listed = 0;

    memset(seen, 0, (1u << t->bits) / 8);
    for (unsigned n = 1; n <= NRS_MODEL_GRAM_MAX; n++)
        for (unsigned at = 0; (t->grams >> (n - 1) & 1) && at < runs(t, n); at++) {
            uint16_t bucket;

            if (!bucket_of(t, bytes, at, n, hash_byte(salted, n), &bucket) ||
                (seen[bucket / 8] >> bucket % 8 & 1))
                continue;
            seen[bucket / 8] = (uint8_t)(seen[bucket / 8] | 1u << bucket % 8);
            list[n_listed++] = (struct nrs_gram){bucket, (uint8_t)at, (uint8_t)n};
        }
    return n_listed;
}

unsigned nrs_grams_most(const struct nrs_term *t)
{
    unsigned most = 0;

    for (unsigned n = 1; n <= NRS_MODEL_GRAM_MAX; n++)
        if (t->grams >> (n - 1) & 1)
            most += runs(t, n);
    return most < 1u << t->bits ? most : 1u << t->bits;
}

void nrs_grams_parts(const struct nrs_model *m, const struct nrs_term *t, const uint16_t *x, unsigned first,
                     unsigned n, int32_t *parts)
{
    struct nrs_gram list[NRS_GRAMS_MAX];
    unsigned n_listed = nrs_grams_list(m, t, x, list);

    for (unsigned o = 0; o < n; o++) {
        const int8_t *weights = t->weights + ((size_t)(first + o) << t->bits);
        int32_t sum = 0;

        for (unsigned i = 0; i < n_listed; i++)
            sum += weights[list[i].bucket];
        parts[o] = sum * (int32_t)(1u << t->shifts[first + o]);
    }
}
