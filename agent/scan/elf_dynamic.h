/* agent/scan/elf_dynamic.h - the features of the dynamic table */
#ifndef NRS_SCAN_ELF_DYNAMIC_H
#define NRS_SCAN_ELF_DYNAMIC_H
#include "agent/scan/elf_view.h"

/* Returns DT_INIT, 0 if there is none. */
uint64_t nrs_elf_dynamic(struct nrs_scan *s, const struct nrs_elf *e, uint16_t *x);

#endif
