/* tools/replay/replay.h - one run: recorded flows through the core, in traffic time
 *
 * Traffic time is the largest time seen so far and never goes back; the core judges each minute of it.
 * Verdict mode has one core for all files, which are one stretch of traffic; --all has tools/spans. Both take
 * flows in the order of their starts (platform/recorded/order.h). */
#ifndef NRS_REPLAY_H
#define NRS_REPLAY_H
#include <stdint.h>
#include <stdio.h>

#include "agent/core/core.h"
#include "platform/recorded/order.h"
#include "tools/replay/gallery.h"
#include "tools/replay/options.h"
#include "tools/spans/spans.h"

struct nrs_replay_totals {
    uint64_t records, damaged, flows, evicted, lines;
    uint64_t late;        /* flows that came after later ones were judged (order.h) */
    uint64_t joined;      /* records of connections that were known (order.h) */
    uint64_t disorder_ns; /* largest step back in time between two records */
    uint32_t runs;        /* sorted runs in temporary files */
    uint64_t flagged; /* destinations with a verdict; with --all: lines above the threshold */
    uint64_t spent_ns;
};

struct nrs_replay {
    const struct nrs_replay_options *options;
    const struct nrs_model *model;
    FILE *out;
    struct nrs_core_conf conf;
    struct nrs_spans spans; /* --all; else the core below */
    void *memory;               /* the core's */
    size_t memory_len;
    struct nrs_core *core; /* NULL until the first flow */
    uint64_t next_ns;      /* traffic time of the next minute */
    uint32_t mark; /* of the first file: what event.id is made of */
    uint32_t seq;
    bool has_mark;
    bool unreadable; /* a file could not be read to its end */
    bool incomplete; /* a file was cut short, gave no flow, or lost flows that came too late */
    uint64_t wanted, unwanted; /* events that --since, --until and --host let pass and held back */
    struct nrs_order *order;
    struct nrs_gallery gallery;
    struct nrs_replay_totals totals;
};

/* 0 or what the core says of the options and the model (NRS_ERR_*). The options and the model must outlive
 * the run. Call done in any case. */
int nrs_replay_init(struct nrs_replay *r, const struct nrs_replay_options *o, const struct nrs_model *model,
                    FILE *out);

/* One line about a file, or another thing, on standard error. */
void nrs_replay_say(const char *place, const char *what);

/* After the last file (sequence.h): judges what is left, draws the pictures. */
void nrs_replay_finish(struct nrs_replay *r);

/* `name<TAB>value` lines. */
void nrs_replay_print_stats(const struct nrs_replay *r, FILE *to);

void nrs_replay_done(struct nrs_replay *r);

/* Traffic time (traffic.c): takes one event, in order; the end of a file with --all; the end of all. */
void nrs_replay_flow(void *replay, const struct nrs_flow *f, const char *name);
void nrs_replay_end_file(struct nrs_replay *r, const char *path);
void nrs_replay_end_all(struct nrs_replay *r);

/* What to print for a judgement (output.c). */
void nrs_replay_verdict(void *replay, const struct nrs_judgement *j);
void nrs_replay_row(void *replay, uint64_t from_s, const struct nrs_judgement *j);
void nrs_replay_last_look(void *replay,
                          const struct nrs_judgement *j); /* at the end: brings pictures up to date */

/* --explain (explain.c): looks at the destination now; prints what was found. */
void nrs_replay_explain_look(struct nrs_replay *r, uint64_t now_ns);
void nrs_replay_explain_print(struct nrs_replay *r);

/* --format csv and table (table.c): the line of names, before the first judgement; a judgement. from_s: start
 * of the window of a row, 0 = a verdict. */
void nrs_replay_table_head(struct nrs_replay *r);
void nrs_replay_table_line(struct nrs_replay *r, const struct nrs_judgement *j, uint64_t from_s);

#endif
