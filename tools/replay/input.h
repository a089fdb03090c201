/* tools/replay/input.h - one file of a run: opened, drained into the run, accounted for */
#ifndef NRS_REPLAY_INPUT_H
#define NRS_REPLAY_INPUT_H
#include <stdbool.h>
#include <stdint.h>

#include "platform/recorded/recorded.h"
#include "tools/replay/progress.h"

struct nrs_replay;
struct nrs_replay_kept; /* an event that was read early, with its name */

struct nrs_replay_input {
    struct nrs_replay *run;
    const char *path;
    struct nrs_recorded *file; /* NULL = not open */
    char why[NRS_RECORDED_WHY]; /* why it could not be opened */
    uint64_t first_ns;         /* time of its first event; UINT64_MAX = it has none */
    uint64_t now_ns;           /* time of its latest event */
    uint64_t flows;            /* events delivered */
    uint64_t flagged_before;
    struct nrs_replay_progress progress;
    struct nrs_replay_kept *kept; /* events read early, oldest first */
    int n_kept;
};

/* Finds out when the file begins. */
void nrs_replay_input_peek(struct nrs_replay_input *in);

/* False if it cannot be read at all, which was said and noted in the run. */
bool nrs_replay_input_open(struct nrs_replay_input *in);

/* Reads at most about `max` events. False at the end: then the file is accounted for and closed. */
bool nrs_replay_input_drain(struct nrs_replay_input *in, int max);

void nrs_replay_input_close(struct nrs_replay_input *in);

#endif
