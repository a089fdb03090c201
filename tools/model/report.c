#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "models/base/bytes.h"
#include "models/kinds.h"
#include "tools/model/decide.h"
#include "tools/model/export.h"

static unsigned bits_of(int64_t magnitude)
{
    unsigned bits = 1; /* the sign */

    for (; magnitude > 0; magnitude /= 2)
        bits++;
    return bits;
}

static void print_calibration(const struct nrs_model *m)
{
    printf("calibrated");
    for (unsigned i = 0; i < m->n_calibration; i++)
        printf(" %+d:%u%%", (int)(int32_t)nrs_get_u32le(m->calibration + 5 * i), m->calibration[5 * i + 4]);
    putchar('\n');
}

/* What the model decided before it was quantised (nrs_decide is the same of the file), and how far the
 * score was from deciding otherwise, in mlogit. */
static unsigned decide(const struct nrs_trained *t, const struct nrs_model *m, const uint16_t *x,
                       double *margin)
{
    double best = 1000 * nrs_trained_score(t, 0, x), second = -HUGE_VAL;
    unsigned at = 0;

    if (t->n_outputs == 1) {
        *margin = fabs(best - m->threshold_mlogit[nrs_decide_threshold(t->schema, x)]);
        return best >= m->threshold_mlogit[nrs_decide_threshold(t->schema, x)];
    }
    for (unsigned o = 1; o < t->n_outputs; o++) {
        double score = 1000 * nrs_trained_score(t, o, x);

        if (score > best) {
            second = best;
            best = score;
            at = o;
        } else if (score > second) {
            second = score;
        }
    }
    *margin = best - second;
    return at;
}

static void print_decisions(const struct nrs_export *x, const struct nrs_trained *t,
                            const struct nrs_data *data)
{
    double reach = x->model.bound_mlogit * (t->n_outputs == 1 ? 1.0 : 2.0); /* two scores can be off */
    size_t changed = 0, near = 0, far = 0;

    for (size_t i = 0; i < data->n; i++) {
        const uint16_t *row = nrs_data_row(data, i);
        double margin;
        bool other = decide(t, &x->model, row, &margin) != nrs_decide(&x->model, row);

        near += margin <= reach;
        changed += other;
        far += other && margin > reach;
    }
    printf("decisions  %zu of %zu rows decided otherwise than before; %zu rows are so near that they could "
           "be, of the\n"
           "           others %zu\n",
           changed, data->n, near, far);
}

void nrs_export_report(const struct nrs_export *x, const struct nrs_trained *t, const struct nrs_data *data)
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
    printf("thresholds");
    for (unsigned w = 0; w < nrs_kind(t->schema->kind)->n_thresholds; w++)
        printf("%s %s %+d", w ? "," : "", nrs_kind(t->schema->kind)->threshold[w],
               (int)x->model.threshold_mlogit[w]);
    puts(" mlogit");
    print_calibration(&x->model);
    if (data)
        print_decisions(x, t, data);
}
