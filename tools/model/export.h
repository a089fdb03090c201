/* tools/model/export.h - from a trained model to a file that has proven itself */
#ifndef NRS_TOOL_EXPORT_H
#define NRS_TOOL_EXPORT_H
#include "tools/model/data.h"
#include "tools/model/nrm.h"

struct nrs_export {
    struct nrs_nrm file;
    struct nrs_model model; /* the file, reloaded; points into it */
    struct nrs_quantised quantised;
    struct nrs_bound bound[NRS_MODEL_OUTPUTS_MAX];
    double seen; /* mlogit: largest difference over the random vectors of the self-check */
};

/* Quantises, finds the bound, writes, reloads with the device's own loader, and rescores corners and random
 * vectors: the device's scorer must give the host's integers and stay within the bound. Unsigned. Call done
 * in any case; x->model is valid until then. */
int nrs_export_run(struct nrs_export *x, const struct nrs_trained *t, const struct nrs_nrm_head *head,
                   struct nrs_why *why);
void nrs_export_done(struct nrs_export *x);

/* The page about what was lost on the way. data: rows to count changed decisions on, NULL = none. */
void nrs_export_report(const struct nrs_export *x, const struct nrs_trained *t, const struct nrs_data *data);

#endif
