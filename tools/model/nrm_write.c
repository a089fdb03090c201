/* The writing side of models/FORMAT.md, in its order. */
#include <math.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_header.h"
#include "tools/model/nrm.h"

/* Appends n bytes, or only counts them once the file is full: the length is looked at when all is written. */
static uint8_t *extend(struct nrs_nrm *f, size_t n)
{
    static uint8_t beyond[NRS_MODEL_BYTES_MAX];
    uint8_t *p = f->len + n <= NRS_MODEL_BYTES_MAX ? f->bytes + f->len : beyond;

    f->len += n;
    return p;
}

static void put_u8(struct nrs_nrm *f, unsigned v)
{
    *extend(f, 1) = (uint8_t)v;
}

static void put_u16(struct nrs_nrm *f, unsigned v)
{
    nrs_put_u16le(extend(f, 2), (uint16_t)v);
}

static void put_u32(struct nrs_nrm *f, uint32_t v)
{
    nrs_put_u32le(extend(f, 4), v);
}

static void put_i32(struct nrs_nrm *f, int64_t v)
{
    put_u32(f, (uint32_t)v);
}

static void put_header(struct nrs_nrm *f, const struct nrs_nrm_head *head, const struct nrs_schema *schema)
{
    uint8_t *p = extend(f, NRS_MODEL_HEADER);

    memset(p, 0, NRS_MODEL_HEADER);
    memcpy(p, NRS_MODEL_MAGIC, 4);
    p[NRS_AT_FORMAT] = NRS_MODEL_FORMAT;
    p[NRS_AT_KIND] = (uint8_t)schema->kind;
    nrs_put_u32le(p + NRS_AT_SERIAL, head->serial);
    nrs_put_u32le(p + NRS_AT_MIN_AGENT, head->min_agent);
    nrs_put_u64le(p + NRS_AT_SCHEMA_HASH, nrs_schema_hash(schema));
    nrs_put_u32le(p + NRS_AT_EXPIRES_DAY, head->expires_day);
}

static int64_t mlogit(double logit)
{
    return (int64_t)nearbyint(1000 * logit);
}

/* Without points: the logistic function at whole logits. */
static void put_calibration(struct nrs_nrm *f, const struct nrs_trained *t)
{
    for (unsigned i = 0; i < t->n_points; i++) {
        put_i32(f, mlogit(t->point[i].score));
        put_u8(f, (unsigned)fmin(99, nearbyint(t->point[i].percent)));
    }
    for (int logit = -6; t->n_points == 0 && logit <= 6; logit++) {
        put_i32(f, mlogit(logit));
        put_u8(f, (unsigned)fmin(99, nearbyint(100 / (1 + exp(-logit)))));
    }
}

static void put_cuts(struct nrs_nrm *f, const uint16_t *cuts, unsigned n)
{
    put_u8(f, n);
    for (unsigned i = 0; i < n; i++)
        put_u16(f, cuts[i]);
}

static void put_term(struct nrs_nrm *f, const struct nrs_trained *t, const struct nrs_quantised *q,
                     unsigned i)
{
    const struct nrs_trained_term *term = &t->term[i];
    size_t n_weights = (size_t)t->n_outputs * nrs_trained_cells(term);

    put_u8(f, term->type);
    put_u16(f, term->a);
    if (term->type == NRS_TERM_CROSS)
        put_u16(f, term->b);
    if (term->type == NRS_TERM_GRAMS) {
        put_u8(f, term->grams);
        put_u16(f, term->reach);
        put_u8(f, term->bits);
    }
    if (term->type == NRS_TERM_BINS || term->type == NRS_TERM_CROSS)
        put_cuts(f, term->cuts_a, term->n_cuts_a);
    if (term->type == NRS_TERM_CROSS)
        put_cuts(f, term->cuts_b, term->n_cuts_b);
    memcpy(extend(f, t->n_outputs), q->term[i].shift, t->n_outputs);
    memcpy(extend(f, n_weights), q->term[i].weights, n_weights);
}

static void put_pair(struct nrs_nrm *f, const struct nrs_trained *t, const struct nrs_quantised *q,
                     const uint16_t *x)
{
    for (unsigned i = 0; i < nrs_schema_vector(t->schema); i++)
        put_u16(f, x[i]);
    for (unsigned o = 0; o < t->n_outputs; o++) {
        int64_t sum = nrs_quantised_sum(q, t, o, x);

        put_i32(f, sum);
        put_i32(f, nrs_quantised_mlogit(q, o, sum));
    }
}

static void put_outputs(struct nrs_nrm *f, const struct nrs_trained *t, const struct nrs_quantised *q)
{
    for (unsigned o = 0; o < t->n_outputs; o++) {
        size_t len = strlen(t->output_name[o]);

        put_i32(f, q->bias[o]);
        put_u32(f, q->scale_q31[o]);
        put_u8(f, (unsigned)len);
        memcpy(extend(f, len), t->output_name[o], len);
    }
}

int nrs_nrm_write(struct nrs_nrm *f, const struct nrs_nrm_head *head, const struct nrs_trained *t,
                  const struct nrs_quantised *q, int32_t bound_mlogit,
                  const uint16_t (*golden)[NRS_VECTOR_MAX], unsigned n_golden, struct nrs_why *why)
{
    f->len = 0;
    put_header(f, head, t->schema);
    put_u8(f, t->n_outputs);
    put_u8(f, t->n_points ? t->n_points : 13);
    put_u16(f, t->n_terms);
    put_u8(f, n_golden);
    put_u8(f, 0);
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        put_i32(f, mlogit(t->threshold[w]));
    put_i32(f, bound_mlogit);
    put_outputs(f, t, q);
    put_calibration(f, t);
    for (unsigned i = 0; i < t->n_terms; i++)
        put_term(f, t, q, i);
    for (unsigned i = 0; i < n_golden; i++)
        put_pair(f, t, q, golden[i]);
    if (f->len > NRS_MODEL_BYTES_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "the file would have %zu bytes, more than %d", f->len,
                       NRS_MODEL_BYTES_MAX);
    nrs_put_u32le(f->bytes + NRS_AT_BODY_LEN, (uint32_t)(f->len - NRS_AT_BODY));
    nrs_nrm_seal(f);
    return 0;
}
