/* agent/scan/container_parts.h - containers that are known by their end record, for container.c */
#ifndef NRS_SCAN_CONTAINER_PARTS_H
#define NRS_SCAN_CONTAINER_PARTS_H
#include "agent/scan/container.h"

/* As nrs_container_look(), for a container that ends with the file. */
bool nrs_container_end_look(struct nrs_scan *s, uint64_t at, struct nrs_container *c);

#endif
