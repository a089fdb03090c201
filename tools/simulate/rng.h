/* tools/simulate/rng.h - random draws that give the same numbers on every machine
 *
 * Integers only: no libm, whose last bit differs between systems. The generator is xoshiro256**
 * (Blackman, Vigna 2018), seeded by splitmix64; log and exp are computed bit by bit in Q16. */
#ifndef NRS_SIM_RNG_H
#define NRS_SIM_RNG_H
#include <stdbool.h>
#include <stdint.h>

struct nrs_sim_rng {
    uint64_t s[4];
};

/* A range to draw from; lo <= hi. */
struct nrs_sim_span {
    uint32_t lo, hi;
};

#define NRS_SIM_MILLION 1000000u /* shares and jitters are in parts per million */
#define NRS_SIM_PCT(x)  ((x)*10000u)

/* Two streams of one seed are independent, so that one actor more does not change the others. */
void nrs_sim_rng_seed(struct nrs_sim_rng *r, uint64_t seed, uint64_t stream);
uint64_t nrs_sim_rng_next(struct nrs_sim_rng *r);

/* Uniform in 0..n-1 without bias; n >= 1. */
uint64_t nrs_sim_rng_below(struct nrs_sim_rng *r, uint64_t n);
/* Uniform in lo..hi, both included. */
uint64_t nrs_sim_rng_between(struct nrs_sim_rng *r, uint64_t lo, uint64_t hi);
bool nrs_sim_rng_chance(struct nrs_sim_rng *r, uint32_t ppm);
/* About normal: mean 0, standard deviation 1 = 65536, within +-6 (sum of twelve uniform draws). */
int32_t nrs_sim_rng_bell_q16(struct nrs_sim_rng *r);
/* Log-uniform in lo..hi, both included; 0 stays 0 when lo is 0 and hi is 0. */
uint64_t nrs_sim_rng_scale(struct nrs_sim_rng *r, uint64_t lo, uint64_t hi);
uint32_t nrs_sim_rng_span(struct nrs_sim_rng *r, struct nrs_sim_span span);
/* Log-normal: half of the draws below `median`; sigma_ppm is the deviation of the natural logarithm. */
uint64_t nrs_sim_rng_human(struct nrs_sim_rng *r, uint64_t median, uint32_t sigma_ppm);
/* Exponential, cut at 22 times the mean. */
uint64_t nrs_sim_rng_wait(struct nrs_sim_rng *r, uint64_t mean);
/* value +- share, uniform; never below 0. */
uint64_t nrs_sim_rng_about(struct nrs_sim_rng *r, uint64_t value, uint32_t ppm);

/* 2^x for x in 0..46 (Q16), as Q16; log2 of v >= 1, as Q16. Exact to about 1e-4 of the value. */
uint64_t nrs_sim_exp2_q16(uint32_t x_q16);
uint32_t nrs_sim_log2_q16(uint64_t v);

#endif
