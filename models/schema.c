#include "models/schema.h"

#include <stddef.h>
#include <string.h>

/* FNV-1a, 64 bit: offset basis and prime of draft-eastlake-fnv. */
#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t hash_byte(uint64_t h, char c)
{
    return (h ^ (uint8_t)c) * FNV_PRIME;
}

static uint64_t hash_text(uint64_t h, const char *s)
{
    while (*s)
        h = hash_byte(h, *s++);
    return h;
}

static uint64_t hash_decimal(uint64_t h, uint16_t v)
{
    if (v >= 10)
        h = hash_decimal(h, v / 10);
    return hash_byte(h, (char)('0' + v % 10));
}

uint64_t nrs_schema_hash(const struct nrs_schema *s)
{
    uint64_t h = hash_text(FNV_BASIS, s->name);

    h = hash_byte(h, '/');
    h = hash_decimal(h, s->version);
    h = hash_byte(h, ';');
    for (unsigned i = 0; i < s->n_features; i++) {
        h = hash_text(h, s->features[i].name);
        h = hash_byte(h, ':');
        h = hash_decimal(h, s->features[i].max);
        h = hash_byte(h, ';');
    }
    if (s->n_bytes > 0)
        h = hash_byte(hash_decimal(hash_text(h, "bytes:"), s->n_bytes), ';');
    return h;
}

int nrs_schema_find(const struct nrs_schema *s, const char *name, unsigned len)
{
    for (unsigned i = 0; i < s->n_features; i++) {
        const char *own = s->features[i].name;

        if (strlen(own) == len && memcmp(own, name, len) == 0)
            return (int)i;
    }
    return -1;
}
