/* agent/core/gaps.h - how regular a list of start times is
 *
 * All values are what models/beacon_features.h says of gap_* and vis_*. A list with fewer than three gaps
 * says nothing: every value is then 0 and `n` tells. A median of 0 (simultaneous connections) counts as
 * irregular, never as perfect. */
#ifndef NRS_GAPS_H
#define NRS_GAPS_H
#include <stddef.h>
#include <stdint.h>

#define NRS_GAPS_MAX 32 /* start times at most */

struct nrs_gaps {
    uint32_t n;          /* gaps */
    uint32_t median_ms, mad_ms, q1_ms, q3_ms, max_ms;
    uint16_t mad;        /* out of 1024 of the median, at most 2047 */
    uint16_t iqr;        /* out of 256 of the median, at most 1023 */
    uint16_t skew;       /* 0..256, 128 = even */
    uint8_t near;        /* share within 35 % of the median, out of 255 */
    uint8_t shorter;     /* share under a second */
    uint8_t harmonic;    /* share within 10 % of 1, 2 or 3 times q1 */
    uint8_t alternating; /* share on the other side of the median than the one before; equal ones left out */
    uint8_t run;         /* longest run in which each gap is within 20 % of the one before, share */
};

/* starts: any order, modulo 2^32; they span less than 2^31 ms. The list is sorted in place. */
void nrs_gaps_measure(struct nrs_gaps *g, uint32_t *starts_ms, size_t n);

#endif
