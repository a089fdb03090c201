/* agent/scan/reader.h - the only way to the bytes of a file: bounded, counted, one piece at a time
 *
 * A pointer is valid until the next call. Offsets and lengths may be anything. */
#ifndef NRS_SCAN_READER_H
#define NRS_SCAN_READER_H
#include "agent/scan/scan.h"

void nrs_reader_open(struct nrs_scan *s, const struct nrs_scan_input *in);

/* Up to len bytes (at most NRS_SCAN_PIECE) at offset; *got says how many there are: fewer at the end of
 * the file and of what may be read. Never NULL. */
const uint8_t *nrs_reader_some(struct nrs_scan *s, uint64_t offset, uint32_t len, uint32_t *got);

/* Exactly len bytes, or NULL. */
const uint8_t *nrs_reader_all(struct nrs_scan *s, uint64_t offset, uint32_t len);

#endif
