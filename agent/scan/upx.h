/* agent/scan/upx.h - is an ELF file built like UPX builds it, and does everything fit */
#ifndef NRS_SCAN_UPX_H
#define NRS_SCAN_UPX_H
#include "agent/scan/elf_view.h"

/* start: where the start is in the file, UINT64_MAX if it is not in it. Of a file that is incomplete only
 * the chain of blocks counts, and a trailer that is not there yet is no damage. */
enum nrs_upx_state nrs_upx_look(struct nrs_scan *s, const struct nrs_elf *e, uint64_t start);

#endif
