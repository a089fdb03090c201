#include "tools/model/columns.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "models/model_grams.h"
#include "models/model_term.h"

static void add_term(struct nrs_columns *c, const struct nrs_term *term)
{
    c->first[c->n_terms] = c->n;
    c->term[c->n_terms++] = *term;
    c->n += nrs_columns_cells(term);
}

int nrs_columns_init(struct nrs_columns *c, const struct nrs_schema *schema, const struct nrs_model *model)
{
    memset(c, 0, sizeof *c);
    c->schema = schema;
    c->model = model;
    for (uint16_t f = 0; model == NULL && f < schema->n_features; f++) {
        struct nrs_term linear = {.type = NRS_TERM_LINEAR, .n_a = 1, .n_b = 1, .a = f, .b = f};

        add_term(c, &linear);
    }
    for (unsigned i = 0; model && i < model->n_terms; i++)
        add_term(c, &model->term[i]);
    c->value = calloc(c->n, sizeof c->value[0]);
    return c->value ? 0 : NRS_ERR_SPACE;
}

/* "2,3:64:9" as the shape of a term. */
static int parse_grams(struct nrs_term *t, const struct nrs_schema *schema, const char *text)
{
    unsigned reach, bits;
    char rest;

    for (; *text >= '1' && *text <= '0' + NRS_MODEL_GRAM_MAX; text++) {
        t->grams = (uint8_t)(t->grams | 1u << (*text - '1'));
        if (text[1] == ',')
            text++;
    }
    if (t->grams == 0 || sscanf(text, ":%3u:%2u%c", &reach, &bits, &rest) != 2)
        return NRS_ERR_RANGE;
    if (reach < 1 || reach > schema->n_bytes || bits < NRS_MODEL_GRAM_BITS_MIN ||
        bits > NRS_MODEL_GRAM_BITS_MAX)
        return NRS_ERR_RANGE;
    t->reach = (uint16_t)reach;
    t->bits = (uint8_t)bits;
    return 0;
}

int nrs_columns_add_grams(struct nrs_columns *c, const char *text)
{
    int salt = nrs_schema_find(c->schema, "arch", 4);
    struct nrs_term grams = {
        .type = NRS_TERM_GRAMS, .n_a = 1, .n_b = 1, .a = (uint16_t)salt, .b = (uint16_t)salt};
    uint16_t *larger;

    if (salt < 0 || c->model || parse_grams(&grams, c->schema, text) != 0)
        return NRS_ERR_RANGE;
    add_term(c, &grams);
    larger = realloc(c->value, c->n * sizeof c->value[0]);
    if (larger == NULL)
        return NRS_ERR_SPACE;
    c->value = larger;
    return 0;
}

void nrs_columns_done(struct nrs_columns *c)
{
    free(c->value);
    memset(c, 0, sizeof *c);
}

unsigned nrs_columns_cells(const struct nrs_term *term)
{
    return term->type == NRS_TERM_GRAMS ? 1u << term->bits : (unsigned)term->n_a * term->n_b;
}

static void set_buckets(struct nrs_columns *c, unsigned i, const uint16_t *x)
{
    static struct nrs_model model; /* what the hash looks at: the schema */
    struct nrs_gram list[NRS_GRAMS_MAX];
    unsigned n;

    model.schema = c->schema;
    n = nrs_grams_list(&model, &c->term[i], x, list);

    for (unsigned k = 0; k < n; k++)
        c->value[c->first[i] + list[k].bucket] = 1;
}

void nrs_columns_set(struct nrs_columns *c, const uint16_t *x)
{
    memset(c->value, 0, c->n * sizeof c->value[0]);
    for (unsigned i = 0; i < c->n_terms; i++) {
        const struct nrs_term *t = &c->term[i];

        if (t->type == NRS_TERM_GRAMS)
            set_buckets(c, i, x);
        else
            c->value[c->first[i] + nrs_term_cell(t, x)] = t->type == NRS_TERM_LINEAR ? x[t->a] : 1;
    }
}

static unsigned term_of(const struct nrs_columns *c, unsigned column)
{
    unsigned t = c->n_terms - 1;

    while (c->first[t] > column)
        t--;
    return t;
}

static const char *name_of(const struct nrs_columns *c, const struct nrs_term *t)
{
    return t->type == NRS_TERM_GRAMS ? "start" : c->schema->features[t->a].name;
}

void nrs_columns_name(const struct nrs_columns *c, unsigned column, char name[NRS_COLUMN_NAME_MAX])
{
    unsigned i = term_of(c, column), cell = column - c->first[i];
    const struct nrs_term *t = &c->term[i];
    const char *a = name_of(c, t), *b = c->schema->features[t->b].name;

    if (t->type == NRS_TERM_LINEAR)
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s", a);
    else if (t->type == NRS_TERM_CROSS)
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s*%s[%u][%u]", a, b, cell / t->n_b, cell % t->n_b);
    else
        snprintf(name, NRS_COLUMN_NAME_MAX, "%s[%u]", a, cell);
}

uint16_t nrs_columns_max(const struct nrs_columns *c, unsigned column)
{
    const struct nrs_term *t = &c->term[term_of(c, column)];

    return t->type == NRS_TERM_LINEAR ? c->schema->features[t->a].max : 1;
}

struct rest {
    const char *at, *end;
};

/* Moves past text, if it is next. */
static bool skip(struct rest *r, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

/* "[cell]", without zeroes in front, below n. */
static bool read_cell(struct rest *r, unsigned n, unsigned *cell)
{
    const char *digits = r->at + 1;

    if (!skip(r, "["))
        return false;
    for (*cell = 0; r->at < r->end && *r->at >= '0' && *r->at <= '9' && *cell < n; r->at++)
        *cell = 10 * *cell + (unsigned)(*r->at - '0');
    return r->at > digits && (*digits != '0' || r->at == digits + 1) && *cell < n && skip(r, "]");
}

static bool is_cell_of(const struct nrs_columns *c, const struct nrs_term *t, struct rest name,
                       unsigned *cell)
{
    unsigned n_a = t->type == NRS_TERM_GRAMS ? 1u << t->bits : t->n_a, a = 0, b = 0;

    if (!skip(&name, name_of(c, t)))
        return false;
    if (t->type == NRS_TERM_CROSS && (!skip(&name, "*") || !skip(&name, c->schema->features[t->b].name)))
        return false;
    if (t->type != NRS_TERM_LINEAR && !read_cell(&name, n_a, &a))
        return false;
    if (t->type == NRS_TERM_CROSS && !read_cell(&name, t->n_b, &b))
        return false;
    *cell = t->type == NRS_TERM_CROSS ? a * t->n_b + b : a;
    return name.at == name.end;
}

int nrs_columns_find(const struct nrs_columns *c, const char *name, size_t len)
{
    unsigned cell;

    for (unsigned i = 0; i < c->n_terms; i++)
        if (is_cell_of(c, &c->term[i], (struct rest){name, name + len}, &cell))
            return (int)(c->first[i] + cell);
    return -1;
}
