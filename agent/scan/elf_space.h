/* agent/scan/elf_space.h - the features of memory, of the largest segments, and of what is in no segment */
#ifndef NRS_SCAN_ELF_SPACE_H
#define NRS_SCAN_ELF_SPACE_H
#include "agent/scan/elf_view.h"

/* start: the address of the start. Returns true if a payload is appended. */
bool nrs_elf_space(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start, uint16_t *x);

#endif
