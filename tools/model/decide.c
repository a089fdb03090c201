#include "tools/model/decide.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/kinds.h"

unsigned nrs_decide_threshold(const struct nrs_schema *schema, const uint16_t *x)
{
    const struct nrs_kind *kind = nrs_kind(schema->kind);
    int by = nrs_schema_find(schema, kind->threshold_by, (unsigned)strlen(kind->threshold_by));

    return by < 0 ? 0 : nrs_kind_threshold(kind, x[by]);
}

unsigned nrs_decide(const struct nrs_model *m, const uint16_t *x)
{
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];
    unsigned best = 0;

    nrs_model_sums(m, x, sums);
    if (m->n_outputs == 1)
        return nrs_model_mlogit(m, 0, sums[0]) >= m->threshold_mlogit[nrs_decide_threshold(m->schema, x)];
    for (unsigned o = 1; o < m->n_outputs; o++)
        if (nrs_model_mlogit(m, o, sums[o]) > nrs_model_mlogit(m, best, sums[best]))
            best = o;
    return best;
}

static void print_flagged(const struct nrs_model *before, const struct nrs_model *after,
                          const struct nrs_data *d)
{
    printf("\n%-24s %8s %8s %8s %8s %8s\n", "label", "rows", "first", "second", "now", "no more");
    for (unsigned label = 0; label < d->n_labels; label++) {
        size_t rows = 0, flagged[2] = {0, 0}, gained = 0, lost = 0;

        for (size_t i = 0; i < d->n; i++) {
            const uint16_t *x = nrs_data_row(d, i);
            bool first, second;

            if (d->label[i] != label)
                continue;
            first = nrs_decide(before, x) != 0;
            second = nrs_decide(after, x) != 0;
            rows++;
            flagged[0] += first;
            flagged[1] += second;
            gained += second && !first;
            lost += first && !second;
        }
        printf("%-24s %8zu %8zu %8zu %8zu %8zu\n", d->name[label][0] ? d->name[label] : "(none)", rows,
               flagged[0], flagged[1], gained, lost);
    }
}

static void print_classes(const struct nrs_model *before, const struct nrs_model *after,
                          const struct nrs_data *d)
{
    size_t changed = 0;

    for (size_t i = 0; i < d->n; i++)
        changed += nrs_decide(before, nrs_data_row(d, i)) != nrs_decide(after, nrs_data_row(d, i));
    printf("\n%zu of %zu rows get another class\n", changed, d->n);
}

void nrs_decide_print_changes(const struct nrs_model *before, const struct nrs_model *after,
                              const struct nrs_data *d)
{
    if (before->n_outputs == 1)
        print_flagged(before, after, d);
    else
        print_classes(before, after, d);
}
