/* agent/spool/spool_record.h - one record of a spool segment, as bytes
 *
 *   magic    4  f5 6e 72 ff; the first and last byte never occur in UTF-8, so no payload of ours looks like
 *   it len      2  little-endian, payload bytes, 1..NRS_RECORD_PAYLOAD_MAX
 *   flags    2  NRS_RECORD_*
 *   seq      8  strictly growing within a segment
 *   crc32    4  over len, flags, seq and payload (the polynomial of zlib)
 *   payload  len
 *
 * A reader that meets anything else goes on one byte further until it finds the next whole record. Every
 * single-bit error is noticed, so damage costs the records it touches and never makes a wrong one. */
#ifndef NRS_SPOOL_RECORD_H
#define NRS_SPOOL_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_RECORD_HEAD 20
#define NRS_RECORD_PAYLOAD_MAX 2048
#define NRS_RECORD_KEEP    1u /* it outlives other records in a full spool */
/* it waits for a decision and is not sent; version 1.1 on, older readers send it */
#define NRS_RECORD_PENDING 2u
#define NRS_RECORD_SETTLED 4u /* it was pending, and the decision was made: it is of no interest any more */

struct nrs_record {
    const uint8_t *payload; /* into the segment's bytes */
    uint16_t len, flags;
    uint64_t seq;
};

/* Writes head and payload to out (NRS_RECORD_HEAD + len bytes) and returns how many; len is in range. */
size_t nrs_record_write(uint8_t *out, uint64_t seq, unsigned flags, const void *payload, size_t len);

/* Finds the next record at or after *at whose seq is above r->seq, fills *r and moves *at behind it. False at
 * the end; then *at is unchanged. Start with r->seq = the lowest seq of no interest. */
bool nrs_record_next(const uint8_t *bytes, size_t len, size_t *at, struct nrs_record *r);

/* Writes the head of a record again with other flags; the payload stays where it is. */
void nrs_record_set_flags(uint8_t head[NRS_RECORD_HEAD], const struct nrs_record *r, unsigned flags);

uint32_t nrs_crc32(uint32_t crc, const uint8_t *bytes, size_t len); /* start with 0 */

#endif
