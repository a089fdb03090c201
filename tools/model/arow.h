/* tools/model/arow.h - a model goes on learning from single marked vectors, in bounded steps
 *
 * AROW (adaptive regularisation of weights; Crammer, Kulesza, Dredze 2009), the learner of Jubatus, with a
 * diagonal covariance: every weight has a variance that shrinks as it is used. It starts at 1 (of a linear
 * term 1 over the square of the feature's maximum), because a model file does not tell how sure its weights
 * are. A vector is learnt when its score does not lie far enough on its side of the threshold of its window.
 * Bias, cuts, thresholds and calibration stay. No weight moves more than `quanta` steps of its term away from
 * where it began: a wrong mark, or a hundred, can do no more than that. */
#ifndef NRS_TOOL_AROW_H
#define NRS_TOOL_AROW_H
#include <stdbool.h>

#include "tools/model/reopen.h"

#define NRS_AROW_QUANTA_MAX 64

struct nrs_arow {
    const struct nrs_model *start;
    unsigned quanta;
    double r; /* regularisation: larger is slower */
    struct nrs_trained now;      /* weights in logits as they are learnt */
    struct nrs_quantised rounded; /* in steps: those of the start until nrs_arow_round */
    double *variance[NRS_MODEL_TERMS_MAX];
};

/* start: with one output and without n-grams (NRS_ERR_UNSUPPORTED); outlives the learner. Call done in any
 * case. */
int nrs_arow_init(struct nrs_arow *a, const struct nrs_model *start, unsigned quanta, double r);
void nrs_arow_done(struct nrs_arow *a);

/* Learns that x should be flagged, or should not, by `margin` logits. Returns whether it was not and some
 * weight moved. */
bool nrs_arow_learn(struct nrs_arow *a, const uint16_t *x, bool flagged, double margin);

/* Whole steps, half to even. Returns what the rounding can change of any score, in mlogit: more of the
 * bound. */
double nrs_arow_round(struct nrs_arow *a);

/* After rounding: the least and the greatest change of any score, in mlogit (safe, perhaps not attained). */
void nrs_arow_reach(const struct nrs_arow *a, double *low, double *high);

#endif
