#include "models/model_term.h"

void nrs_model_explain(const struct nrs_model *m, unsigned output, const uint16_t *x, int32_t *parts)
{
    const struct nrs_term *t = m->term;

    for (unsigned i = 0; i < m->n_terms; i++, t++)
        parts[i] = nrs_term_adds(m, t, output, x);
}

static size_t append(char *name, size_t at, const char *s)
{
    while (*s && at < 31)
        name[at++] = *s++;
    name[at] = '\0';
    return at;
}

void nrs_model_term_name(const struct nrs_model *m, unsigned term, char name[32])
{
    const struct nrs_term *t = &m->term[term];
    size_t at = append(name, 0, t->type == NRS_TERM_GRAMS ? "start" : m->schema->features[t->a].name);

    if (t->type == NRS_TERM_CROSS) {
        at = append(name, at, "*");
        append(name, at, m->schema->features[t->b].name);
    }
}
