/* agent/programs/file_cache.h - which files the scanner has looked at
 *
 * 128 sets of 4 places, 16 KiB, fixed. A new file takes the place of its set that was filled longest ago; the
 * scanner looks at a forgotten file again. A file that changes has another time or size, so it is a new
 * one. */
#ifndef NRS_FILE_CACHE_H
#define NRS_FILE_CACHE_H
#include <stdbool.h>
#include <stdint.h>

#define NRS_FILE_CACHE_SETS 128
#define NRS_FILE_CACHE_WAYS 4

struct nrs_file_id {
    uint64_t device, inode, size, mtime_ns; /* all 0: an empty place */
};

struct nrs_file_cache {
    struct nrs_file_id place[NRS_FILE_CACHE_SETS][NRS_FILE_CACHE_WAYS];
    uint8_t next[NRS_FILE_CACHE_SETS];
};

bool nrs_file_cache_has(const struct nrs_file_cache *c, const struct nrs_file_id *id);
/* a file that is not in the cache */
void nrs_file_cache_put(struct nrs_file_cache *c, const struct nrs_file_id *id);

#endif
