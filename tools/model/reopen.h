/* tools/model/reopen.h - a model file as the host holds models: the reverse of export
 *
 * The trained weights are those of the file, exact: units of the sum times the scale. Terms, cuts, names,
 * thresholds, calibration and golden vectors are the file's. */
#ifndef NRS_TOOL_REOPEN_H
#define NRS_TOOL_REOPEN_H
#include "tools/model/quantised.h"

/* t and q need done in any case. NRS_ERR_SPACE. */
int nrs_reopen(struct nrs_trained *t, struct nrs_quantised *q, const struct nrs_model *m);

/* The vectors of the golden pairs; returns how many. */
unsigned nrs_reopen_golden(const struct nrs_model *m, uint16_t golden[NRS_MODEL_GOLDEN_MAX][NRS_VECTOR_MAX]);

/* Logits of one step of a term's weights. */
double nrs_reopen_quantum(const struct nrs_quantised *q, unsigned term, unsigned output);

#endif
