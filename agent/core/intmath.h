/* agent/core/intmath.h - the few integer operations that counts become features with
 *
 * All of them are total: no input is undefined, every result saturates at the stated maximum. */
#ifndef NRS_INTMATH_H
#define NRS_INTMATH_H
#include <stddef.h>
#include <stdint.h>

/* log2 in eighths, linear between powers of two: 0 and 1 -> 0, 2 -> 8, 3 -> 12, 2^31 -> 248. At most 255. */
unsigned nrs_log2_q3(uint32_t v);

/* Position of the highest set bit; 0 for 0. */
unsigned nrs_highest_bit(uint64_t v);

/* a * unit / b, rounded down, at most cap; b = 0 gives 0. */
uint32_t nrs_share(uint64_t a, uint64_t b, uint32_t unit, uint32_t cap);

/* A 16-bit code for sizes and times: exact below 4,096, then 12 significant bits; monotone. */
uint16_t nrs_code16(uint64_t v);
uint32_t nrs_code16_value(uint16_t code);

/* Sorts ascending; made for tens of values. */
void nrs_sort_u32(uint32_t *v, size_t n);

/* Median of a sorted list (mean of the middle two, rounded down); 0 if empty. */
uint32_t nrs_median_sorted(const uint32_t *v, size_t n);

/* Median absolute deviation of a sorted list from its median; 0 if empty. */
uint32_t nrs_mad_sorted(const uint32_t *v, size_t n, uint32_t median);

/* Largest number of equal values in a sorted list. */
size_t nrs_mode_count_sorted(const uint32_t *v, size_t n);

#endif
