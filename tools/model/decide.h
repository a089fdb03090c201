/* tools/model/decide.h - what a model says of a vector, as the host looks at it
 *
 * With one output a vector is flagged or not, by its threshold (models/kinds.h). With several the class is
 * the output with the highest score; when a file is packed or unknown is the scanner's matter
 * (models/FORMAT.md, Classes). */
#ifndef NRS_TOOL_DECIDE_H
#define NRS_TOOL_DECIDE_H
#include "models/model.h"
#include "tools/model/data.h"

/* The index of the threshold that holds for a vector (models/kinds.h: threshold_by); of a beacon that of its
 * window. */
unsigned nrs_decide_threshold(const struct nrs_schema *schema, const uint16_t *x);

/* With one output 1 = flagged, else the number of the class. */
unsigned nrs_decide(const struct nrs_model *m, const uint16_t *x);

/* A table by label: rows flagged before and after, now and no more; of classes how many changed. Models of
 * one schema and the same outputs. */
void nrs_decide_print_changes(const struct nrs_model *before, const struct nrs_model *after,
                              const struct nrs_data *d);

#endif
