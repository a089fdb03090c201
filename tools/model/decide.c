#include "tools/model/decide.h"

unsigned nrs_decide_thresholds(const struct nrs_schema *schema)
{
    return schema->kind == NRS_KIND_BEACON ? NRS_MODEL_WINDOWS : 2;
}

const char *nrs_decide_threshold_name(const struct nrs_schema *schema, unsigned i)
{
    static const char *const windows[] = {"1h", "6h", "24h"}, *const of_file[] = {"packed", "named"};

    return schema->kind == NRS_KIND_BEACON ? windows[i] : of_file[i];
}

unsigned nrs_decide_window(const struct nrs_schema *schema, const uint16_t *x)
{
    int win = schema->kind == NRS_KIND_BEACON ? nrs_schema_find(schema, "win", 3) : -1;

    return win < 0 ? 0 : x[win];
}

unsigned nrs_decide(const struct nrs_model *m, const uint16_t *x)
{
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];
    unsigned best = 0;

    nrs_model_sums(m, x, sums);
    if (m->n_outputs == 1)
        return nrs_model_mlogit(m, 0, sums[0]) >= m->threshold_mlogit[nrs_decide_window(m->schema, x)];
    for (unsigned o = 1; o < m->n_outputs; o++)
        if (nrs_model_mlogit(m, o, sums[o]) > nrs_model_mlogit(m, best, sums[best]))
            best = o;
    return best;
}
