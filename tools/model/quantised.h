/* tools/model/quantised.h - a trained model in int8, as the file will hold it
 *
 * Every output has one scale (mlogit a unit of its sum), every term and output a left shift: the scale is
 * chosen so fine that the largest weight needs a shift of 15, then coarsened until the sum is proven to fit
 * 32 bits; each term takes the smallest shift that holds its largest weight. Rounding is half to even, and
 * here only. */
#ifndef NRS_TOOL_QUANTISED_H
#define NRS_TOOL_QUANTISED_H
#include <stdint.h>

#include "tools/model/trained.h"

struct nrs_quantised {
    uint32_t scale_q31[NRS_MODEL_OUTPUTS_MAX];
    int32_t bias[NRS_MODEL_OUTPUTS_MAX];
    int64_t reach[NRS_MODEL_OUTPUTS_MAX]; /* largest magnitude any partial sum can take */
    struct {
        uint8_t shift[NRS_MODEL_OUTPUTS_MAX];
        int8_t *weights; /* shaped as the trained ones */
    } term[NRS_MODEL_TERMS_MAX];
    unsigned n_weights, n_zeroed; /* all; those that were not zero and became zero */
};

/* t: checked (nrs_trained_check). Refuses with NRS_ERR_OVERFLOW what no scale can hold. Call done in any
 * case. */
int nrs_quantise(struct nrs_quantised *q, const struct nrs_trained *t, struct nrs_why *why);
void nrs_quantised_done(struct nrs_quantised *q);

/* mlogit a unit of the output's sum. */
double nrs_quantised_unit(const struct nrs_quantised *q, unsigned output);

/* What a term adds to a sum, the sum, and its score in mlogit: the host's own arithmetic, in int64. */
int64_t nrs_quantised_part(const struct nrs_quantised *q, const struct nrs_trained *t, unsigned term,
                           unsigned output, const uint16_t *x);
int64_t nrs_quantised_sum(const struct nrs_quantised *q, const struct nrs_trained *t, unsigned output,
                          const uint16_t *x);
int64_t nrs_quantised_mlogit(const struct nrs_quantised *q, unsigned output, int64_t sum);

#endif
