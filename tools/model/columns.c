#include "tools/model/columns.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/model_term.h"

static void add_term(struct nrs_columns *c, const struct nrs_term *term)
{
    c->first[c->n_terms] = c->n;
    c->term[c->n_terms++] = *term;
    c->n += nrs_columns_cells(term);
}

void nrs_columns_raw(struct nrs_columns *c, const struct nrs_schema *schema)
{
    memset(c, 0, sizeof *c);
    c->schema = schema;
    for (uint16_t f = 0; f < schema->n_features; f++) {
        struct nrs_term linear = {.type = NRS_TERM_LINEAR, .n_a = 1, .n_b = 1, .a = f, .b = f};

        add_term(c, &linear);
    }
}

void nrs_columns_expanded(struct nrs_columns *c, const struct nrs_model *m)
{
    memset(c, 0, sizeof *c);
    c->schema = m->schema;
    for (unsigned i = 0; i < m->n_terms; i++)
        add_term(c, &m->term[i]);
}

unsigned nrs_columns_cells(const struct nrs_term *term)
{
    return (unsigned)term->n_a * term->n_b;
}

static unsigned term_of(const struct nrs_columns *c, unsigned column)
{
    unsigned t = c->n_terms - 1;

    while (c->first[t] > column)
        t--;
    return t;
}

void nrs_column_name(const struct nrs_columns *c, unsigned column, char name[NRS_COLUMN_NAME])
{
    unsigned t = term_of(c, column), cell = column - c->first[t];
    const struct nrs_term *term = &c->term[t];
    const char *a = c->schema->features[term->a].name, *b = c->schema->features[term->b].name;

    if (term->type == NRS_TERM_LINEAR)
        snprintf(name, NRS_COLUMN_NAME, "%s", a);
    else if (term->type == NRS_TERM_BINS)
        snprintf(name, NRS_COLUMN_NAME, "%s[%u]", a, cell);
    else
        snprintf(name, NRS_COLUMN_NAME, "%s[%u]*%s[%u]", a, cell / term->n_b, b, cell % term->n_b);
}

/* Moves past `name`, or past `name[cell]` with a cell below n; returns the cell, or -1. */
static int match(const char **at, const char *end, const char *name, unsigned n, bool indexed)
{
    size_t len = strlen(name);
    unsigned cell = 0;
    const char *p = *at + len;

    if ((size_t)(end - *at) < len || memcmp(*at, name, len) != 0)
        return -1;
    if (indexed) {
        const char *digits = p + 1;

        if (p == end || *p != '[')
            return -1;
        for (p = digits; p < end && *p >= '0' && *p <= '9' && cell < n; p++)
            cell = 10 * cell + (unsigned)(*p - '0');
        if (p == end || *p++ != ']' || p == digits + 1 || cell >= n || (digits[0] == '0' && p != digits + 2))
            return -1;
    }
    *at = p;
    return (int)cell;
}

int nrs_column_find(const struct nrs_columns *c, const char *name, size_t len)
{
    const char *end = name + len;

    for (unsigned i = 0; i < c->n_terms; i++) {
        const struct nrs_term *term = &c->term[i];
        const char *at = name;
        int a = match(&at, end, c->schema->features[term->a].name, term->n_a, term->type != NRS_TERM_LINEAR), b = 0;

        if (a >= 0 && term->type == NRS_TERM_CROSS)
            b = at < end && *at++ == '*' ? match(&at, end, c->schema->features[term->b].name, term->n_b, true) : -1;
        if (a >= 0 && b >= 0 && at == end)
            return (int)(c->first[i] + (unsigned)a * term->n_b + (unsigned)b);
    }
    return -1;
}

void nrs_columns_row(const struct nrs_columns *c, const uint16_t *x, uint16_t *row)
{
    memset(row, 0, c->n * sizeof *row);
    for (unsigned i = 0; i < c->n_terms; i++) {
        const struct nrs_term *term = &c->term[i];

        row[c->first[i] + nrs_term_cell(term, x)] = term->type == NRS_TERM_LINEAR ? x[term->a] : 1;
    }
}
