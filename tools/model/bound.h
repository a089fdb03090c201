/* tools/model/bound.h - how far the integer model can be from the trained one, over every feature vector
 *
 * The difference of the two scores is a sum over terms, constant in each bin and affine in linear
 * features, so its extremes lie on bin edges and maxima. A feature in no cross is decided alone. Features
 * joined by crosses form a group: of each cross one feature is walked through (the `hub`), all others are
 * then decided alone. Which sets of buckets n-grams can hit is not searched: as many as one vector can
 * hit, of those that are furthest off, is a safe limit. */
#ifndef NRS_TOOL_BOUND_H
#define NRS_TOOL_BOUND_H
#include <stdbool.h>
#include <stdint.h>

#include "tools/model/quantised.h"

struct nrs_bound {
    double low, high; /* mlogit: least and greatest of integer minus trained, before the last rounding */
    uint16_t at_low[NRS_VECTOR_MAX], at_high[NRS_VECTOR_MAX]; /* where they are attained; bytes are absent */
    bool attained; /* false: n-grams, or a group too large to walk;
                      low and high are safe, perhaps not reached */
};

/* NRS_ERR_SPACE when out of memory. */
int nrs_bound_find(struct nrs_bound *b, const struct nrs_trained *t, const struct nrs_quantised *q,
                   unsigned output);

/* The stored bound: the larger magnitude, one more for the rounding toward zero, rounded up. */
int32_t nrs_bound_mlogit(const struct nrs_bound *b);

#endif
