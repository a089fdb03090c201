/* tools/model/trained.h - a model as its trainer made it: floating point, logits
 *
 * What every reader (read_<format>.c) fills and the quantiser takes. A reader names features by their
 * index in the schema, and may give terms in any order: nrs_trained_check sorts them.
 *
 * Memory: init, then a reader; done releases the weight tables, also after an error.
 * Limits: those of the model file (models/FORMAT.md), so that whatever passes the check can be written. */
#ifndef NRS_TOOL_TRAINED_H
#define NRS_TOOL_TRAINED_H
#include <stddef.h>
#include <stdint.h>

#include "models/model.h"
#include "models/model_grams.h"
#include "models/base/why.h"

struct nrs_trained_term {
    uint8_t type;  /* enum nrs_term_type */
    uint16_t a, b; /* b = a unless a cross */
    uint8_t n_cuts_a, n_cuts_b;
    uint8_t grams, bits; /* n-grams (models/model_grams.h): which runs, log2 of the buckets */
    uint16_t reach;      /* n-grams: bytes looked at */
    uint16_t cuts_a[NRS_MODEL_CUTS_MAX], cuts_b[NRS_MODEL_CUTS_MAX];
    double *weights; /* logits, [output][bin a][bin b]; linear: [output],
                        a unit of the feature; n-grams: [output][bucket] */
};

#define NRS_TRAINED_LOGITS_MAX 1e6 /* thresholds and scores of the calibration are below it in magnitude */

struct nrs_trained {
    const struct nrs_schema *schema;
    unsigned n_outputs, n_terms, n_points;
    char output_name[NRS_MODEL_OUTPUTS_MAX][NRS_MODEL_NAME_MAX + 1];
    double bias[NRS_MODEL_OUTPUTS_MAX];
    double threshold[NRS_MODEL_THRESHOLDS];
    struct {
        double score;              /* logit */
        double percent;            /* 0..100 */
    } point[NRS_MODEL_POINTS_MAX]; /* none: the logistic function */
    struct nrs_trained_term term[NRS_MODEL_TERMS_MAX];
};

void nrs_trained_init(struct nrs_trained *t, const struct nrs_schema *schema);
void nrs_trained_done(struct nrs_trained *t);

/* Type, features, cuts and n-grams of a term of a model file. */
void nrs_trained_shape(struct nrs_trained_term *to, const struct nrs_term *from);

/* Bins of a times those of b, or buckets: the cells of one output's table. */
unsigned nrs_trained_cells(const struct nrs_trained_term *term);

/* Allocates the zeroed table of a term whose type and cuts are set. NRS_ERR_SPACE. */
int nrs_trained_table(const struct nrs_trained *t, struct nrs_trained_term *term);

/* Sorts the terms as the file wants them and refuses what cannot be written: numbers that are not finite,
 * cuts out of order or above the maximum, a term twice. */
int nrs_trained_check(struct nrs_trained *t, struct nrs_why *why);

/* The most cells that one vector can pick: 1, of n-grams more. */
unsigned nrs_trained_most(const struct nrs_trained_term *term);

/* The cells that a vector picks; returns how many. */
unsigned nrs_trained_pick(const struct nrs_trained *t, const struct nrs_trained_term *term, const uint16_t *x,
                          uint16_t cell[NRS_GRAMS_MAX]);

/* What the term adds to an output, in logits. */
double nrs_trained_part(const struct nrs_trained *t, const struct nrs_trained_term *term, unsigned output,
                        const uint16_t *x);

/* The score of one output in logits. x: [nrs_schema_vector], each feature within its maximum. */
double nrs_trained_score(const struct nrs_trained *t, unsigned output, const uint16_t *x);

#endif
