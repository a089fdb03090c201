#include "tools/model/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/error.h"
#include "models/model_term.h"

static unsigned cells(const struct nrs_term *t)
{
    return t->type == NRS_TERM_LINEAR ? 1 : (unsigned)t->n_a * t->n_b;
}

int nrs_columns_init(struct nrs_columns *c, const struct nrs_schema *schema, const struct nrs_model *model)
{
    *c = (struct nrs_columns){.schema = schema, .model = model};
    if (model == NULL)
        c->n = schema->n_features;
    for (unsigned i = 0; model && i < model->n_terms; i++)
        c->n += cells(&model->term[i]);
    c->value = calloc(c->n, sizeof c->value[0]);
    return c->value ? 0 : NRS_ERR_SPACE;
}

void nrs_columns_done(struct nrs_columns *c)
{
    free(c->value);
    memset(c, 0, sizeof *c);
}

void nrs_columns_set(struct nrs_columns *c, const uint16_t *x)
{
    unsigned at = 0;

    if (c->model == NULL) {
        memcpy(c->value, x, c->n * sizeof x[0]);
        return;
    }
    memset(c->value, 0, c->n * sizeof c->value[0]);
    for (unsigned i = 0; i < c->model->n_terms; i++) {
        const struct nrs_term *t = &c->model->term[i];

        c->value[at + nrs_term_cell(t, x)] = (uint16_t)nrs_term_factor(c->model, t, x);
        at += cells(t);
    }
}

/* The term of an expanded column, and its cell. */
static const struct nrs_term *term_of(const struct nrs_columns *c, unsigned *cell)
{
    const struct nrs_term *t = c->model->term;

    for (; *cell >= cells(t); t++)
        *cell -= cells(t);
    return t;
}

void nrs_columns_name(const struct nrs_columns *c, unsigned column, char name[NRS_COLUMN_NAME_MAX])
{
    const struct nrs_feature *features = c->schema->features;
    const struct nrs_term *t;

    if (c->model == NULL) {
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s", features[column].name);
        return;
    }
    t = term_of(c, &column);
    if (t->type == NRS_TERM_LINEAR)
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s", features[t->a].name);
    else if (t->type == NRS_TERM_BINS)
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s[%u]", features[t->a].name, column);
    else
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s*%s[%u][%u]", features[t->a].name, features[t->b].name,
                 column / t->n_b, column % t->n_b);
}

uint16_t nrs_columns_max(const struct nrs_columns *c, unsigned column)
{
    const struct nrs_term *t;

    if (c->model == NULL)
        return c->schema->features[column].max;
    t = term_of(c, &column);
    return t->type == NRS_TERM_LINEAR ? c->schema->features[t->a].max : 1;
}
