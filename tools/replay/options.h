/* tools/replay/options.h - the command line of noroshi-replay */
#ifndef NRS_REPLAY_OPTIONS_H
#define NRS_REPLAY_OPTIONS_H
#include <stdbool.h>
#include <stdint.h>

#include "agent/core/core.h"

enum nrs_replay_format { NRS_FORMAT_NDJSON, NRS_FORMAT_CSV, NRS_FORMAT_TABLE };

struct nrs_replay_options {
    bool all, evidence, heatmap, quiet, stats, fail_on_alert;
    bool sort; /* in a temporary file, whatever the first records show */
    enum nrs_window window;
    const char *model; /* NULL = compiled in, "none" = every score is 0 */
    const char *host_id; /* never NULL */
    enum nrs_replay_format format;
    uint64_t since_ns, until_ns; /* what begins in [since, until) */
    bool one_host, explain;
    struct nrs_addr host;     /* one_host: only connections of this address */
    struct nrs_addr src, dst; /* explain: of whom; then host is src */
    const char *fields; /* columns of TSV without a header, NULL = it has one */
    uint32_t capacity, min_conns; /* 0 = the core's default */
    char **files;
    int n_files;
};

/* What main should do with the command line; HELP and USAGE were already answered. */
enum nrs_replay_command { NRS_REPLAY_RUN, NRS_REPLAY_HELP, NRS_REPLAY_USAGE };

extern const char nrs_replay_help[]; /* help.c */

enum nrs_replay_command nrs_replay_options_read(struct nrs_replay_options *o, int argc, char **argv);

#endif
