#include "agent/programs/file_cache.h"

#include <string.h>

/* Inode numbers of one file system are mostly neighbours: their low bits spread well, mixed with the
 * device's. */
static unsigned set_of(const struct nrs_file_id *id)
{
    uint64_t h = (id->inode ^ id->device << 17) * UINT64_C(0x9e3779b97f4a7c15);

    return (unsigned)(h >> 32) % NRS_FILE_CACHE_SETS;
}

bool nrs_file_cache_has(const struct nrs_file_cache *c, const struct nrs_file_id *id)
{
    const struct nrs_file_id *set = c->place[set_of(id)];

    for (unsigned i = 0; i < NRS_FILE_CACHE_WAYS; i++)
        if (memcmp(&set[i], id, sizeof *id) == 0)
            return true;
    return false;
}

void nrs_file_cache_put(struct nrs_file_cache *c, const struct nrs_file_id *id)
{
    unsigned set = set_of(id);

    c->place[set][c->next[set]] = *id;
    c->next[set] = (uint8_t)((c->next[set] + 1u) % NRS_FILE_CACHE_WAYS);
}
