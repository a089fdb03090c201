/* agent/scan/container.h - an archive that a program carries in the open, recognised by what its format says
 *
 * Four bytes are no proof: anyone can write them before an encrypted payload. Each format is checked as
 * far as a few reads allow: sizes and offsets that have to agree with the file, blocks that have to follow
 * each other. A container that does not parse is not a container. What lies before or after it is the
 * caller's to judge. */
#ifndef NRS_SCAN_CONTAINER_H
#define NRS_SCAN_CONTAINER_H
#include "agent/scan/scan.h"

struct nrs_container {
    uint64_t begin, end; /* in the file */
};

/* Looks for a container in the bytes from `at` to the end of the file: one that begins at `at`, or one
 * whose end record is at the end of the file. */
bool nrs_container_look(struct nrs_scan *s, uint64_t at, struct nrs_container *c);

#endif
