/* tools/replay/replay.h - one run: recorded flows through the core, in traffic time
 *
 * Traffic time is the largest time seen so far and never goes back; the core is told each minute of it.
 * Verdict mode has one core for all files (rotated logs are
 * one stretch of traffic); --all has tools/windows. */
#ifndef NRS_REPLAY_H
#define NRS_REPLAY_H
#include <stdint.h>
#include <stdio.h>

#include "agent/core/core.h"
#include "tools/replay/gallery.h"
#include "tools/replay/options.h"
#include "tools/windows/windows.h"

struct nrs_replay_totals {
    uint64_t records, damaged, flows, late, evicted, lines;
    uint64_t flagged; /* destinations with a verdict; with --all: lines above the threshold */
    uint64_t spent_ns;
};

struct nrs_replay {
    const struct nrs_replay_options *options;
    const struct nrs_model *model;
    FILE *out;
    struct nrs_core_conf conf;
    struct nrs_windows windows; /* --all; else the core below */
    void *memory;               /* the core's */
    size_t memory_len;
    struct nrs_core *core; /* NULL until the first flow */
    uint64_t next_ns;      /* traffic time of the next minute */
    uint32_t mark; /* of the first file: what event.id is made of */
    uint32_t seq;
    struct nrs_gallery gallery;
    struct nrs_replay_totals totals;
};

/* 0 or what the core says of the options and the model (NRS_ERR_*). The options and the model must outlive
 * the run. Call done in any case. */
int nrs_replay_init(struct nrs_replay *r, const struct nrs_replay_options *o, const struct nrs_model *model,
                    FILE *out);

/* Replays one file. Prints what is wrong on standard error; false if it could not be read to its end. */
bool nrs_replay_file(struct nrs_replay *r, const char *path);

/* After the last file: judges what is left, draws the pictures. */
void nrs_replay_finish(struct nrs_replay *r);

/* `name<TAB>value` lines. */
void nrs_replay_print_stats(const struct nrs_replay *r, FILE *to);

void nrs_replay_done(struct nrs_replay *r);

/* Traffic time (traffic.c): takes one event; the end of a file; the end of all. */
void nrs_replay_flow(void *replay, const struct nrs_flow *f, const char *name);
void nrs_replay_end_file(struct nrs_replay *r);
void nrs_replay_end_all(struct nrs_replay *r);

/* What to print for a judgement (output.c). */
void nrs_replay_verdict(void *replay, const struct nrs_judgement *j);
void nrs_replay_row(void *replay, uint64_t from_s, const struct nrs_judgement *j);
void nrs_replay_last_look(void *replay,
                          const struct nrs_judgement *j); /* at the end: brings pictures up to date */

#endif
