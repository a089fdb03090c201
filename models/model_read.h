/* models/model_read.h - what the files of the loader share: a cursor within bounds, and the refusal */
#ifndef NRS_MODEL_READ_H
#define NRS_MODEL_READ_H
#include <stddef.h>
#include <stdint.h>

#include "models/model.h"

struct nrs_cursor {
    const uint8_t *at;
    size_t left;
};

/* The next n bytes, or NULL (and the cursor stays) if there are not that many. */
static inline const uint8_t *nrs_cursor_take(struct nrs_cursor *c, size_t n)
{
    const uint8_t *p = c->at;

    if (n > c->left)
        return NULL;
    c->at += n;
    c->left -= n;
    return p;
}

/* Sets *place to "what index: why" (without the index if it is negative) and returns err. */
int nrs_model_refuse(const char **place, int err, const char *what, int index, const char *why);

/* Reads all terms in the grammar of FORMAT.md; needs schema and n_outputs. */
int nrs_model_read_terms(struct nrs_model *m, struct nrs_cursor *c, const char **place);

/* Proves that every partial sum of every output fits int32, whatever the features hold. */
int nrs_model_prove(const struct nrs_model *m, const char **place);

/* Scores the golden pairs. */
int nrs_model_selftest(const struct nrs_model *m, const char **place);

/* Weights of one output. */
static inline unsigned nrs_term_cells(const struct nrs_term *t)
{
    return t->type == NRS_TERM_GRAMS ? 1u << t->bits : (unsigned)t->n_a * t->n_b;
}

/* Bytes of one golden pair. */
static inline size_t nrs_model_golden_size(const struct nrs_model *m)
{
    return 2u * nrs_schema_vector(m->schema) + 8u * m->n_outputs;
}

#endif
