#include "tools/model/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"

#define CHECK_VECTORS 2000

/* xorshift64 of Marsaglia: the same golden vectors on every host. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void random_vector(const struct nrs_schema *schema, uint16_t *x, uint64_t *state)
{
    for (unsigned f = 0; f < schema->n_features; f++)
        x[f] = (uint16_t)(next_random(state) % (schema->features[f].max + 1u));
    for (unsigned f = schema->n_features; f < nrs_schema_vector(schema); f++)
        x[f] = (uint16_t)(next_random(state) % (NRS_BYTE_ABSENT + 1u));
}

static int check_vector(struct nrs_export *x, const struct nrs_trained *t, const uint16_t *v,
                        struct nrs_why *why)
{
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];

    nrs_model_sums(&x->model, v, sums);
    for (unsigned o = 0; o < t->n_outputs; o++) {
        double off = fabs(nrs_model_mlogit(&x->model, o, sums[o]) - 1000 * nrs_trained_score(t, o, v));

        if (sums[o] != nrs_quantised_sum(&x->quantised, t, o, v))
            return nrs_why(why, NRS_ERR_SELFTEST,
                           "self-check: the loaded model does not score like the host");
        if (off > x->model.bound_mlogit)
            return nrs_why(why, NRS_ERR_SELFTEST, "self-check: off by %.1f mlogit, the bound is %d",
                           off, (int)x->model.bound_mlogit);
        x->seen = fmax(x->seen, off);
    }
    return 0;
}

static int check(struct nrs_export *x, const struct nrs_trained *t, struct nrs_why *why)
{
    uint64_t state = 88172645463325252u;
    int rc = nrs_nrm_load(&x->model, &x->file, t->schema, why);

    for (unsigned o = 0; rc == 0 && o < t->n_outputs; o++) {
        rc = check_vector(x, t, x->bound[o].at_low, why);
        if (rc == 0)
            rc = check_vector(x, t, x->bound[o].at_high, why);
    }
    x->seen = 0;
    for (unsigned i = 0; rc == 0 && i < CHECK_VECTORS; i++) {
        uint16_t v[NRS_VECTOR_MAX];

        random_vector(t->schema, v, &state);
        rc = check_vector(x, t, v, why);
    }
    return rc;
}

/* Output with the largest bound: its corners become golden pairs. */
static unsigned find_bounds(struct nrs_export *x, const struct nrs_trained *t, int *rc)
{
    unsigned worst = 0;

    for (unsigned o = 0; *rc == 0 && o < t->n_outputs; o++) {
        *rc = nrs_bound_find(&x->bound[o], t, &x->quantised, o);
        if (nrs_bound_mlogit(&x->bound[o]) > nrs_bound_mlogit(&x->bound[worst]))
            worst = o;
    }
    return worst;
}

int nrs_export_run(struct nrs_export *x, const struct nrs_trained *t, const struct nrs_nrm_head *head,
                   struct nrs_why *why)
{
    uint16_t golden[4][NRS_VECTOR_MAX] = {{0}};
    uint64_t state = 2463534242u;
    unsigned worst;
    int rc;

    memset(x, 0, sizeof *x);
    rc = nrs_quantise(&x->quantised, t, why);
    if (rc)
        return rc;
    worst = find_bounds(x, t, &rc);
    if (rc)
        return nrs_why(why, rc, "out of memory");
    memcpy(golden[0], x->bound[worst].at_low, sizeof golden[0]);
    memcpy(golden[1], x->bound[worst].at_high, sizeof golden[1]);
    random_vector(t->schema, golden[2], &state);
    random_vector(t->schema, golden[3], &state);
    rc = nrs_nrm_write(&x->file, head, t, &x->quantised, nrs_bound_mlogit(&x->bound[worst]),
                       (const uint16_t(*)[NRS_VECTOR_MAX])golden, 4, why);
    return rc ? rc : check(x, t, why);
}

void nrs_export_done(struct nrs_export *x)
{
    nrs_quantised_done(&x->quantised);
}
