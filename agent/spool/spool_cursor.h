/* agent/spool/spool_cursor.h - up to which record the collector has confirmed, in one small file
 *
 * "acked": 8 bytes sequence, 4 bytes CRC-32 of them, little-endian; replaced as a whole. A missing or damaged
 * cursor reads as 0: everything still in the spool is sent again, and the collector knows it by event.id. */
#ifndef NRS_SPOOL_CURSOR_H
#define NRS_SPOOL_CURSOR_H
#include <stdint.h>

uint64_t nrs_spool_cursor_load(int dir);
int nrs_spool_cursor_save(int dir, uint64_t seq); /* 0 or a negative errno */

#endif
