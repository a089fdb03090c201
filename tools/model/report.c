#include <inttypes.h>
#include <stdio.h>

#include "tools/model/export.h"

static unsigned bits_of(int64_t magnitude)
{
    unsigned bits = 1; /* the sign */

    for (; magnitude > 0; magnitude /= 2)
        bits++;
    return bits;
}

void nrs_export_report(const struct nrs_export *x, const struct nrs_trained *t)
{
    const struct nrs_quantised *q = &x->quantised;

    printf("model      %s, schema %016" PRIx64 ", %u terms, %zu bytes\n", t->schema->name,
           nrs_schema_hash(t->schema), t->n_terms, x->file.len);
    printf("weights    %u, of which %u became zero\n", q->n_weights, q->n_zeroed);
    printf("bound      %d mlogit: no score differs from the trained one by more\n",
           (int)x->model.bound_mlogit);
    printf("seen       %.1f mlogit at most over the random vectors of the self-check\n", x->seen);
    for (unsigned o = 0; o < t->n_outputs; o++)
        printf("output     %s: %+.1f..%+.1f mlogit off%s, unit %.6f mlogit, sums within %u bits\n",
               t->output_name[o], x->bound[o].low, x->bound[o].high,
               x->bound[o].attained ? " (attained)" : " (safe, perhaps not attained)",
               nrs_quantised_unit(q, o), bits_of(q->reach[o]));
    if (t->schema->kind == NRS_KIND_BEACON)
        printf("thresholds 1h %+d, 6h %+d, 24h %+d mlogit\n", (int)x->model.threshold_mlogit[0],
               (int)x->model.threshold_mlogit[1], (int)x->model.threshold_mlogit[2]);
    else
        printf("thresholds packed %+d, named %+d mlogit\n", (int)x->model.threshold_mlogit[0],
               (int)x->model.threshold_mlogit[1]);
}
