/* agent/scan/entropy.h - entropy of bytes in fixed point, of one block and of samples of a range
 *
 * Unit: bits a byte times 32, so 0..256, told as 0..255. Right within 1/16 bit
 * (tests/property/test_entropy.c). */
#ifndef NRS_SCAN_ENTROPY_H
#define NRS_SCAN_ENTROPY_H
#include "agent/scan/scan.h"

#define NRS_ENTROPY_BLOCK 1024
#define NRS_ENTROPY_DENSE 232 /* 7.25 bits a byte: compressed or encrypted (research: no text, no code) */

/* Of n bytes, n at most NRS_ENTROPY_BLOCK; 0 for none. */
unsigned nrs_entropy(const uint8_t *p, unsigned n);

struct nrs_entropy_samples {
    uint8_t mean;    /* over the sampled blocks; 0 if there were none */
    uint8_t n_dense; /* dense blocks */
    uint8_t dense;   /* their share, out of 255 */
    uint32_t run_kib; /* longest run of dense samples, taken as dense in between */
};

/* Samples at most n_blocks blocks, evenly over len bytes from offset on. */
void nrs_entropy_sample(struct nrs_scan *s, uint64_t offset, uint64_t len, unsigned n_blocks,
                        struct nrs_entropy_samples *out);

#endif
