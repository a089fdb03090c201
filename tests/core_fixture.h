/* tests/core_fixture.h - a small core, flows to numbered destinations, and a model whose score is known
 *
 * The model scores 2000 when vis_mad < 200 (regular) and -2000 otherwise; its thresholds are 0. Its scale is 1, so
 * that sums and scores are the same numbers. */
#ifndef NRS_TEST_CORE_FIXTURE_H
#define NRS_TEST_CORE_FIXTURE_H
#include <stdlib.h>
#include <string.h>

#include "agent/core/core.h"
#include "agent/core/core_internal.h"

#define CF_SECOND UINT64_C(1000000000)
#define CF_MINUTE (60 * CF_SECOND)
#define CF_HOUR (60 * CF_MINUTE)
#define CF_DAY (24 * CF_HOUR)
#define CF_START (UINT64_C(1700006400) * CF_SECOND) /* 2023-11-15T00:00:00Z */

struct cf {
    struct nrs_core *core;
    void *memory;
    struct nrs_model model;
    unsigned n_judged, n_state[NRS_STATES]; /* by enum nrs_state */
    struct nrs_judgement last;
    uint16_t x[NRS_BEACON_N];      /* of the last one */
    uint8_t matrix[NRS_DAY_MINUTES / 2];
};

static const uint8_t cf_cuts[2] = {200, 0};
static const uint8_t cf_shifts[1] = {4};
static const int8_t cf_weights[2] = {125, -125};
static const uint8_t cf_calibration[10] = {0x30, 0xf8, 0xff, 0xff, 5, 0xd0, 0x07, 0, 0, 95}; /* -2000: 5, 2000: 95 */

static inline void cf_make_model(struct nrs_model *m)
{
    memset(m, 0, sizeof *m);
    m->schema = &nrs_schema_beacon;
    m->serial = 7;
    m->n_outputs = 1;
    m->n_terms = 1;
    m->scale_q31[0] = 1u << 31;
    m->calibration = cf_calibration;
    m->n_calibration = 2;
    m->term[0] = (struct nrs_term){.type = NRS_TERM_BINS, .n_a = 2, .n_b = 1, .a = NRS_X_vis_mad, .b = NRS_X_vis_mad,
                                   .cuts_a = cf_cuts, .shifts = cf_shifts, .weights = cf_weights};
}

static inline int cf_open(struct cf *f, const struct nrs_core_conf *conf)
{
    size_t bytes = nrs_core_bytes(conf);

    memset(f, 0, sizeof *f);
    cf_make_model(&f->model);
    f->memory = malloc(bytes);
    return nrs_core_init(&f->core, f->memory, bytes, conf, &f->model, CF_START);
}

static inline void cf_close(struct cf *f)
{
    free(f->memory);
}

static inline struct nrs_addr cf_v4(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return (struct nrs_addr){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d}};
}

static inline struct nrs_addr cf_remote(unsigned dest)
{
    return cf_v4(198, 18 + (dest >> 16 & 1), dest >> 8 & 255, dest & 255);
}

/* One TCP connection from 10.0.0.2 to port 443 of a numbered destination, known as a whole. */
static inline struct nrs_flow cf_flow(unsigned dest, uint64_t t_ns)
{
    return (struct nrs_flow){.local = cf_v4(10, 0, 0, 2), .remote = cf_remote(dest), .t_ns = t_ns, .tx_bytes = 300,
                             .rx_bytes = 900, .dur_ms = 250, .weight = 1, .uid = NRS_ID_UNKNOWN, .lport = 40000,
                             .rport = 443, .flags = NRS_F_BYTES, .proto = NRS_PROTO_TCP, .ev = NRS_EV_WHOLE,
                             .dir = NRS_DIR_OUT, .end = NRS_END_FIN};
}

static inline void cf_send(struct cf *f, unsigned dest, uint64_t t_ns)
{
    struct nrs_flow flow = cf_flow(dest, t_ns);

    nrs_core_flow(f->core, &flow, NULL);
}

/* The same from a local address of its own: it has no siblings. */
static inline void cf_send_alone(struct cf *f, unsigned dest, uint64_t t_ns)
{
    struct nrs_flow flow = cf_flow(dest, t_ns);

    flow.local = cf_v4(10, 1, dest >> 8 & 255, dest & 255);
    nrs_core_flow(f->core, &flow, NULL);
}

/* nrs_judgement_fn: counts, and keeps a copy of the last one. */
static inline void cf_keep(void *arg, const struct nrs_judgement *j)
{
    struct cf *f = arg;

    f->n_judged++;
    f->n_state[j->state]++;
    f->last = *j;
    memcpy(f->x, j->x, sizeof f->x);
    f->last.x = f->x;
    if (j->matrix) {
        memcpy(f->matrix, j->matrix, sizeof f->matrix);
        f->last.matrix = f->matrix;
    }
}

/* Ticks once a minute from `from` (not itself) to `to`. */
static inline void cf_tick(struct cf *f, uint64_t from, uint64_t to)
{
    for (uint64_t t = from + CF_MINUTE; t <= to; t += CF_MINUTE)
        nrs_core_tick(f->core, t, cf_keep, f);
}

static inline struct nrs_core_stats cf_stats(const struct cf *f)
{
    struct nrs_core_stats st;

    nrs_core_stats(f->core, &st);
    return st;
}

/* xorshift32: the same numbers on every target. */
static inline uint32_t cf_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A connection every `every_s` and a tick every minute, from minute to minute. */
static inline void cf_beacon(struct cf *f, unsigned dest, unsigned from_min, unsigned to_min, unsigned every_s)
{
    uint64_t next = CF_START + from_min * CF_MINUTE;

    for (unsigned m = from_min; m < to_min; m++) {
        for (; next < CF_START + (m + 1) * CF_MINUTE; next += every_s * CF_SECOND)
            cf_send(f, dest, next);
        nrs_core_tick(f->core, CF_START + (m + 1) * CF_MINUTE, cf_keep, f);
    }
}

#endif
