/* agent/scan/payload.h - are bytes that no header speaks of a program, or compressed or encrypted and in
 * no container */
#ifndef NRS_SCAN_PAYLOAD_H
#define NRS_SCAN_PAYLOAD_H
#include "agent/scan/scan.h"

#define NRS_PAYLOAD_LEAST 1024 /* bytes; less is a signature or a note */

/* Looks at the bytes from `at` (at most the size of the file) to the end of the file. */
bool nrs_payload_look(struct nrs_scan *s, uint64_t at);

#endif
