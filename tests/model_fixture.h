/* tests/model_fixture.h - a small schema, and model files written from a plain struct
 *
 * The writer and the int64 reference here share no code with models/ and tools/model: they are the second
 * opinion on FORMAT.md. */
#ifndef NRS_TEST_MODEL_FIXTURE_H
#define NRS_TEST_MODEL_FIXTURE_H
#include <string.h>

#include "models/base/bytes.h"
#include "models/model.h"

static const struct nrs_feature fx_features[] = {
    {"gap", 65535, "wide"}, {"fill", 255, "a byte"}, {"hours", 24, "small"}, {"flag", 1, "smallest"}};
#define FX_FEATURES 4

static const struct nrs_schema fx_beacon = {"fixture", NRS_KIND_BEACON, 1, FX_FEATURES, 0, fx_features};
#define FX_BYTES 24
#define FX_VECTOR (FX_FEATURES + FX_BYTES)

static const struct nrs_schema fx_packer = {"fixture", NRS_KIND_PACKER, 1, FX_FEATURES, 0, fx_features};
static const struct nrs_schema fx_bytes = {"fixture", NRS_KIND_PACKER, 1, FX_FEATURES, FX_BYTES, fx_features};

struct fx_term {
    uint8_t type;
    uint16_t a, b;
    uint8_t grams, bits; /* of n-grams: at most 8 bits, so that the weights fit */
    uint16_t reach;
    uint8_t n_cuts_a, n_cuts_b;
    uint16_t cuts_a[16], cuts_b[16];
    uint8_t shift[4];
    int8_t weight[4 * 256]; /* [output][bin a][bin b], or [output][bucket] */
};

struct fx_model {
    const struct nrs_schema *schema;
    uint32_t serial;
    uint8_t n_outputs, n_points, n_golden;
    uint16_t n_terms;
    int32_t threshold[3], bound, bias[4], point_score[4];
    uint32_t scale[4];
    uint8_t point_percent[4];
    const char *name[4];
    uint16_t golden[4][FX_VECTOR];
    int32_t golden_lie; /* added to the first stored sum */
    struct fx_term term[9];
};

struct fx_file {
    size_t len;
    uint8_t bytes[NRS_MODEL_BYTES_MAX + 64];
};

static inline unsigned fx_bins_a(const struct fx_term *t)
{
    return t->type == NRS_TERM_LINEAR ? 1 : t->n_cuts_a + 1u;
}

static inline unsigned fx_bins_b(const struct fx_term *t)
{
    return t->type == NRS_TERM_CROSS ? t->n_cuts_b + 1u : 1;
}

static inline unsigned fx_bin(const uint16_t *cuts, unsigned n, uint16_t x)
{
    unsigned bin = 0;

    for (unsigned i = 0; i < n; i++)
        bin += x >= cuts[i];
    return bin;
}

static inline uint32_t fx_fnv(uint32_t h, uint32_t byte)
{
    return (h ^ byte) * 16777619u;
}

/* FORMAT.md word for word: every run, every bucket once. */
static inline int64_t fx_grams_part(const struct fx_model *m, const struct fx_term *t, unsigned o, const uint16_t *x)
{
    bool hit[256] = {false};
    int64_t sum = 0;

    for (unsigned n = 1; n <= 4; n++)
        for (unsigned at = 0; at + n <= t->reach && !(n == 1 && at >= 16); at++) {
            uint32_t h = fx_fnv(fx_fnv(2166136261u, x[t->a] % 256), n);
            bool whole = (t->grams >> (n - 1)) % 2 == 1;

            if (n == 1)
                h = fx_fnv(h, at);
            for (unsigned i = 0; i < n; i++) {
                uint16_t byte = x[m->schema->n_features + at + i];

                whole = whole && byte < 256;
                h = fx_fnv(h, byte);
            }
            if (whole)
                hit[(h ^ h >> 16) % (1u << t->bits)] = true;
        }
    for (unsigned b = 0; b < 1u << t->bits; b++)
        sum += hit[b] ? t->weight[(o << t->bits) + b] : 0;
    return sum * (INT64_C(1) << t->shift[o]);
}

static inline int64_t fx_part(const struct fx_model *m, const struct fx_term *t, unsigned o,
                              const uint16_t *x)
{
    unsigned cells = fx_bins_a(t) * fx_bins_b(t), cell = 0;
    int64_t factor = 1;

    if (t->type == NRS_TERM_GRAMS)
        return fx_grams_part(m, t, o, x);

    if (t->type == NRS_TERM_LINEAR) {
        uint16_t max = m->schema->features[t->a].max;
        factor = x[t->a] > max ? max : x[t->a];
    } else {
        cell = fx_bin(t->cuts_a, t->n_cuts_a, x[t->a]) * fx_bins_b(t);
    }
    if (t->type == NRS_TERM_CROSS)
        cell += fx_bin(t->cuts_b, t->n_cuts_b, x[t->b]);
    return t->weight[o * cells + cell] * factor * (INT64_C(1) << t->shift[o]);
}

static inline int64_t fx_sum(const struct fx_model *m, unsigned o, const uint16_t *x)
{
    int64_t sum = m->bias[o];

    for (unsigned i = 0; i < m->n_terms; i++)
        sum += fx_part(m, &m->term[i], o, x);
    return sum;
}

static inline int64_t fx_mlogit(const struct fx_model *m, unsigned o, int64_t sum)
{
    return sum * m->scale[o] / 2147483648;
}

static inline void fx_u8(struct fx_file *f, unsigned v)
{
    f->bytes[f->len++] = (uint8_t)v;
}

static inline void fx_u16(struct fx_file *f, unsigned v)
{
    fx_u8(f, v & 255);
    fx_u8(f, v >> 8);
}

static inline void fx_u32(struct fx_file *f, uint32_t v)
{
    fx_u16(f, v & 65535);
    fx_u16(f, v >> 16);
}

static inline void fx_cuts(struct fx_file *f, const uint16_t *cuts, unsigned n)
{
    fx_u8(f, n);
    for (unsigned i = 0; i < n; i++)
        fx_u16(f, cuts[i]);
}

static inline void fx_write_term(struct fx_file *f, const struct fx_model *m, const struct fx_term *t)
{
    unsigned n = m->n_outputs * (t->type == NRS_TERM_GRAMS ? 1u << t->bits : fx_bins_a(t) * fx_bins_b(t));

    fx_u8(f, t->type);
    fx_u16(f, t->a);
    if (t->type == NRS_TERM_CROSS)
        fx_u16(f, t->b);
    if (t->type == NRS_TERM_GRAMS) {
        fx_u8(f, t->grams);
        fx_u16(f, t->reach);
        fx_u8(f, t->bits);
    } else if (t->type != NRS_TERM_LINEAR)
        fx_cuts(f, t->cuts_a, t->n_cuts_a);
    if (t->type == NRS_TERM_CROSS)
        fx_cuts(f, t->cuts_b, t->n_cuts_b);
    for (unsigned o = 0; o < m->n_outputs; o++)
        fx_u8(f, t->shift[o]);
    for (unsigned i = 0; i < n; i++)
        fx_u8(f, (uint8_t)t->weight[i]);
}

static inline void fx_write_body(struct fx_file *f, const struct fx_model *m)
{
    fx_u8(f, m->n_outputs);
    fx_u8(f, m->n_points);
    fx_u16(f, m->n_terms);
    fx_u8(f, m->n_golden);
    fx_u8(f, 0);
    for (unsigned i = 0; i < 3; i++)
        fx_u32(f, (uint32_t)m->threshold[i]);
    fx_u32(f, (uint32_t)m->bound);
    for (unsigned o = 0; o < m->n_outputs; o++) {
        fx_u32(f, (uint32_t)m->bias[o]);
        fx_u32(f, m->scale[o]);
        fx_u8(f, (unsigned)strlen(m->name[o]));
        for (const char *c = m->name[o]; *c; c++)
            fx_u8(f, (uint8_t)*c);
    }
    for (unsigned i = 0; i < m->n_points; i++) {
        fx_u32(f, (uint32_t)m->point_score[i]);
        fx_u8(f, m->point_percent[i]);
    }
    for (unsigned i = 0; i < m->n_terms; i++)
        fx_write_term(f, m, &m->term[i]);
    for (unsigned g = 0; g < m->n_golden; g++) {
        for (unsigned i = 0; i < nrs_schema_vector(m->schema); i++)
            fx_u16(f, m->golden[g][i]);
        for (unsigned o = 0; o < m->n_outputs; o++) {
            int64_t sum = fx_sum(m, o, m->golden[g]);
            fx_u32(f, (uint32_t)(sum + (g + o == 0 ? m->golden_lie : 0)));
            fx_u32(f, (uint32_t)fx_mlogit(m, o, sum));
        }
    }
}

/* Unsigned and with a zero digest: models/ looks at neither. */
static inline void fx_write(struct fx_file *f, const struct fx_model *m)
{
    f->len = 0;
    memset(f->bytes, 0, 136);
    memcpy(f->bytes, "NRSM", 4);
    f->bytes[4] = 1;
    f->bytes[5] = (uint8_t)m->schema->kind;
    nrs_put_u32le(f->bytes + 8, m->serial);
    nrs_put_u64le(f->bytes + 16, nrs_schema_hash(m->schema));
    f->len = 136;
    fx_write_body(f, m);
    nrs_put_u32le(f->bytes + 28, (uint32_t)f->len - 136);
}

/* One of everything: a linear term, two of bins, a cross; one output; two golden pairs (zeroes, maxima). */
static inline void fx_small(struct fx_model *m)
{
    static const struct fx_term terms[4] = {
        {.type = NRS_TERM_LINEAR, .a = 0, .b = 0, .shift = {3}, .weight = {-5}},
        {.type = NRS_TERM_BINS, .a = 1, .b = 1, .n_cuts_a = 3, .cuts_a = {1, 128, 255}, .shift = {12},
         .weight = {-127, 0, 64, 127}},
        {.type = NRS_TERM_BINS, .a = 2, .b = 2, .n_cuts_a = 1, .cuts_a = {7}, .shift = {0}, .weight = {-1, 1}},
        {.type = NRS_TERM_CROSS, .a = 1, .b = 3, .n_cuts_a = 2, .n_cuts_b = 1, .cuts_a = {16, 64}, .cuts_b = {1},
         .shift = {10}, .weight = {1, -2, 3, -4, 5, -6}}};

    memset(m, 0, sizeof *m);
    m->schema = &fx_beacon;
    m->serial = 7;
    m->n_outputs = 1;
    m->n_points = 3;
    m->n_golden = 2;
    m->n_terms = 4;
    m->threshold[0] = 3000;
    m->threshold[1] = 2000;
    m->threshold[2] = 1000;
    m->bound = 42;
    m->bias[0] = -100000;
    m->scale[0] = 8388608; /* 1/256 mlogit a unit */
    m->name[0] = "beacon";
    memcpy(m->point_score, (int32_t[]){-2000, 0, 3000}, 3 * sizeof(int32_t));
    memcpy(m->point_percent, (uint8_t[]){2, 50, 95}, 3);
    for (unsigned i = 0; i < FX_FEATURES; i++)
        m->golden[1][i] = fx_features[i].max;
    memcpy(m->term, terms, sizeof terms);
}

/* A small fixed generator (xorshift32): the same numbers on every target. */
static inline uint32_t fx_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Any value, often an extreme one, sometimes above the maximum. */
static inline void fx_random_vector(uint16_t *x, uint32_t *seed)
{
    for (unsigned i = 0; i < FX_FEATURES; i++) {
        uint32_t r = fx_random(seed);
        uint16_t max = fx_features[i].max;

        x[i] = (uint16_t)(r % 8 == 0 ? 0 : r % 8 == 1 ? max : r % 8 == 2 ? r >> 16 : (r >> 3) % (max + 1u));
    }
}

/* Few different bytes, so that runs repeat; some absent. */
static inline void fx_random_bytes(uint16_t *bytes, uint32_t *seed)
{
    for (unsigned i = 0; i < FX_BYTES; i++) {
        uint32_t r = fx_random(seed) >> 8;

        bytes[i] = (uint16_t)(r % 16 == 0 ? NRS_BYTE_ABSENT : r % 16 < 8 ? r >> 8 & 3 : r >> 8 & 255);
    }
}

/* As a file of the schema its kind byte names; the returned model points into f. */
static inline int fx_load(struct nrs_model *m, const struct fx_file *f, const struct nrs_schema *schema,
                          const char **place)
{
    struct nrs_model_envelope e;
    int rc = nrs_model_envelope_read(&e, f->bytes, f->len, place);

    return rc ? rc : nrs_model_load_as(m, &e, schema, place);
}

#endif
