/* tools/spans/spans.h - every destination and tumbling window of recorded traffic, through the agent's core
 *
 * What `noroshi-replay --all` prints and `noroshi-model features` writes: one judgement for each destination
 * and window, flagged or not. Windows tumble from the whole second of a file's first record, each file by
 * itself with a fresh core; a window is judged as it ends. A destination that the table has to forget is
 * judged at that moment, so it can have two judgements in one window.
 *
 * Time:   traffic time is the largest time seen so far. Flows should come in order
 *         (platform/recorded/order.h): one that arrives after its window was judged has no row.
 * Memory: the core's, allocated by init. */
#ifndef NRS_SPANS_H
#define NRS_SPANS_H
#include <stdint.h>

#include "agent/core/core.h"

/* from_s: start of the window, epoch seconds. */
typedef void (*nrs_spans_fn)(void *arg, uint64_t from_s, const struct nrs_judgement *j);

struct nrs_spans {
    enum nrs_window window;
    struct nrs_core_conf conf;
    const struct nrs_model *model;
    nrs_spans_fn fn;
    void *arg;
    void *memory; /* the core's */
    size_t memory_len;
    struct nrs_core *core; /* NULL until the first flow of a file */
    uint64_t next_ns;      /* when the window is over; 0 before the first flow */
    uint64_t from_ns;      /* when it began */
    uint64_t told_ns;      /* when the core was last told the time */
    uint64_t flows, evicted;
};

/* A day for every eighth destination: the table of dest_cap destinations (0 = the core's default) as the
 * tools size it. min_conns: as nrs_core_conf. */
struct nrs_core_conf nrs_spans_conf(uint32_t dest_cap, uint32_t min_conns);

/* 0 or what the core says of conf and model (NRS_ERR_*). The model must outlive the run. Call done in any
 * case. */
int nrs_spans_init(struct nrs_spans *w, enum nrs_window window, const struct nrs_core_conf *conf,
                   const struct nrs_model *model, nrs_spans_fn fn, void *arg);
void nrs_spans_done(struct nrs_spans *w);

/* Takes one event; spans is a struct nrs_spans, so that it can be given as nrs_flow_fn. */
void nrs_spans_flow(void *spans, const struct nrs_flow *f, const char *name);

/* The end of a file: the window that is open is judged at its own end. */
void nrs_spans_end(struct nrs_spans *w);

/* The window named "1h", "6h", "24h" or "7d"; false if there is none. */
bool nrs_spans_named(const char *text, enum nrs_window *window);

/* "tcp", "udp", "icmp", or the number, which is written into `number`. */
const char *nrs_spans_transport(uint8_t proto, char number[4]);

/* A beacon model without terms: every score is 0, nothing is flagged. For features, which need no model. */
void nrs_spans_no_model(struct nrs_model *m);

#endif
