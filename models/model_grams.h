/* models/model_grams.h - terms of hashed n-grams: the bytes of a vector as a set of buckets
 *
 * A term looks at the first `reach` bytes. Every run of n bytes, for every n of the term, is hashed into
 * one of 2^bits buckets. The value of the term's feature (the architecture) salts the hash. n = 1 means a
 * byte at its place, for the first 16 bytes. A bucket counts once, however often it is hit. A run with an
 * absent byte is left out. FORMAT.md has the hash. */
#ifndef NRS_MODEL_GRAMS_H
#define NRS_MODEL_GRAMS_H
#include "models/model.h"

#define NRS_GRAMS_MAX (16 + 3 * NRS_START_BYTES) /* most buckets that one vector can hit */
#define NRS_GRAMS_PLACED 16                      /* bytes that n = 1 looks at */

struct nrs_gram {
    uint16_t bucket;
    uint8_t at, n; /* first byte and number of bytes of the first run that hit it */
};

/* The buckets that x hits, each once, in the order of (n, at). Returns how many. */
unsigned nrs_grams_list(const struct nrs_model *m, const struct nrs_term *t, const uint16_t *x,
                        struct nrs_gram list[NRS_GRAMS_MAX]);

/* The most buckets that any vector can hit: for the overflow proof. */
unsigned nrs_grams_most(const struct nrs_term *t);

/* What the term adds to `n` outputs from `first` on. */
void nrs_grams_parts(const struct nrs_model *m, const struct nrs_term *t, const uint16_t *x, unsigned first,
                     unsigned n, int32_t *parts);

#endif
