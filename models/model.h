/* models/model.h - a model in memory: load, check, score, explain
 *
 * A model is a sum of terms over a vector of one schema (linear, bins, cross, hashed n-grams). Every term
 * has one table of int8 weights and one left shift for each output. Sums are int32. One multiplier for
 * each output turns a sum into thousandths of a logit (mlogit). FORMAT.md is the contract of the bytes.
 *
 * Memory: struct nrs_model is the caller's and points into the caller's file bytes. These must stay as
 *         long as the model is used. Nothing allocates.
 * Trust:  the loader treats every byte as hostile. It checks each count, offset and value before it uses
 *         it. It proves from the maxima of the schema that every sum fits 32 bits. It refuses bytes that
 *         are left over. It does NOT check digest and signature: agent/trust/model_trust.h does that
 *         before it loads.
 * Errors: NRS_ERR_*. *m is unchanged on an error, and `place` (if not NULL) says where in one short
 *         phrase, like "term 17: cuts not ascending". The phrase is static: it is valid until the next
 *         refusal, in one thread. */
#ifndef NRS_MODEL_H
#define NRS_MODEL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/schema.h"

#define NRS_MODEL_BYTES_MAX 65536 /* a larger file is refused unread */
#define NRS_MODEL_HEADER 136      /* bytes before the body */
#define NRS_MODEL_SIGNED 40       /* bytes of the header that digest and signature cover */
#define NRS_MODEL_TERMS_MAX 128
#define NRS_MODEL_OUTPUTS_MAX 32
#define NRS_MODEL_CUTS_MAX 15     /* cut points of one binned feature: at most 16 bins */
#define NRS_MODEL_SHIFT_MAX 15    /* left shift of a term's weights */
#define NRS_MODEL_GRAM_MAX 4      /* bytes of the longest hashed n-gram */
#define NRS_MODEL_GRAM_BITS_MIN 4 /* of a bucket's number: 16 to 4,096 buckets */
#define NRS_MODEL_GRAM_BITS_MAX 12
#define NRS_MODEL_POINTS_MAX 32   /* points of the calibration table */
#define NRS_MODEL_GOLDEN_MAX 4    /* golden pairs */
#define NRS_MODEL_THRESHOLDS 3    /* in every file; the kind says how many it uses (kinds.h) */
#define NRS_MODEL_NAME_MAX 31     /* class name, bytes without NUL */

/* The envelope: what the header says before anything is believed. Pointers go into the file. */
struct nrs_model_envelope {
    uint8_t kind;             /* enum nrs_kind_id */
    uint32_t serial;          /* grows with every issue of a kind; an older one is refused */
    uint64_t schema_hash;
    uint32_t min_agent;       /* lowest agent version that may load it: major<<16 | minor<<8 | patch */
    uint32_t expires_day;     /* days since 1970, 0 = never */
    uint8_t key_id[8];        /* first 8 bytes of SHA-256 of the public key (SPKI DER); all 0 = unsigned */
    const uint8_t *body;
    size_t body_len;
    const uint8_t *digest;    /* 32 bytes: SHA-256 of everything before it and of the body; see FORMAT.md */
    const uint8_t *signature; /* 64 bytes raw r || s over the digest; zeroes if unsigned */
};

struct nrs_term {
    uint8_t type;             /* enum nrs_term_type */
    uint8_t n_a, n_b;         /* bins of feature a and b (cuts + 1); 1 for linear and for the unused b */
    uint8_t grams, bits;      /* n-grams: bit n - 1 set = runs of n bytes; log2 of the buckets */
    uint16_t reach;           /* n-grams: bytes looked at */
    uint16_t a, b;            /* feature indices; b = a unless a cross; of n-grams: what salts the hash */
    const uint8_t *cuts_a;    /* n_a - 1 little-endian uint16, strictly ascending */
    const uint8_t *cuts_b;
    const uint8_t *shifts;    /* [output] left shift of every weight, 0..15 */
    const int8_t *weights;    /* [output][bin a][bin b], -127..127; linear:
                                 [output], times x; n-grams: [output][bucket] */
};

enum nrs_term_type { NRS_TERM_LINEAR = 1, NRS_TERM_BINS = 2, NRS_TERM_CROSS = 3, NRS_TERM_GRAMS = 4 };

struct nrs_model {
    const struct nrs_schema *schema;
    uint32_t serial;
    uint8_t n_outputs;                                     /* as many as the kind has, or 1..32 classes */
    uint16_t n_terms;
    int32_t bias[NRS_MODEL_OUTPUTS_MAX];                   /* in sum units */
    uint32_t scale_q31[NRS_MODEL_OUTPUTS_MAX];             /* 1..2^31; mlogit = int64(sum) * scale / 2^31 */
    int32_t threshold_mlogit[NRS_MODEL_THRESHOLDS];        /* reached when score >= threshold (kinds.h) */
    int32_t bound_mlogit;                                  /* |score - trained score| never exceeds this */
    const uint8_t *calibration;                            /* see nrs_model_risk */
    uint8_t n_calibration;
    char output_name[NRS_MODEL_OUTPUTS_MAX][NRS_MODEL_NAME_MAX + 1];
    struct nrs_term term[NRS_MODEL_TERMS_MAX];
    const uint8_t *golden;                                 /* n_golden input/score pairs */
    uint8_t n_golden;
};

/* Splits a file into header and body. It checks magic, format number and lengths, and that unused bytes
 * are zero (reserved bytes; the signature of an unsigned file). It checks nothing else. */
int nrs_model_envelope_read(struct nrs_model_envelope *e, const uint8_t *file, size_t len,
                            const char **place);

/* Parses and checks a body, then scores its golden pairs (NRS_ERR_SELFTEST). The schema is looked up by the
 * envelope's kind and compared by hash (NRS_ERR_SCHEMA). */
int nrs_model_load(struct nrs_model *m, const struct nrs_model_envelope *e, const char **place);

/* The same for a given schema, which must outlive the model. */
int nrs_model_load_as(struct nrs_model *m, const struct nrs_model_envelope *e,
                      const struct nrs_schema *schema, const char **place);

/* x: [nrs_schema_vector]: the features, then the bytes. A feature above its maximum counts as the maximum.
 * out: [n_outputs] sums. It cannot fail: the loader has proved the range. */
void nrs_model_sums(const struct nrs_model *m, const uint16_t *x, int32_t *out);

/* The score of one output in mlogit, from its sum: exact int64 product, divided toward zero once. */
int32_t nrs_model_mlogit(const struct nrs_model *m, unsigned output, int32_t sum);

/* The score of output 0 in one call, for callers with a single vector. Callers whose windows share
 * features use nrs_model_update_sum. */
int32_t nrs_model_score(const struct nrs_model *m, const uint16_t *x);

/* The sum of output 0 for x, from the sum for `before`. Only terms of features that differ are looked up. */
int32_t nrs_model_update_sum(const struct nrs_model *m, const uint16_t *before, const uint16_t *x,
                             int32_t sum);

/* How much each term adds to the sum of one output. parts: [n_terms]; they and bias[output] add up to exactly
 * the sum. */
void nrs_model_explain(const struct nrs_model *m, unsigned output, const uint16_t *x, int32_t *parts);

/* "gap_mad" or, for a cross, "gap_mad*fill", for n-grams "start"; at most 32 bytes with NUL. */
void nrs_model_term_name(const struct nrs_model *m, unsigned term, char name[32]);

/* The calibrated chance in percent, 0..99, of a score. The table is piecewise linear, in integers, and
 * monotone. */
unsigned nrs_model_risk(const struct nrs_model *m, int32_t score_mlogit);

#endif
