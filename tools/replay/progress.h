/* tools/replay/progress.h - the bar that a person sees while a file is read
 *
 * Only when standard error is a terminal, only after a second, at most five times a second. */
#ifndef NRS_REPLAY_PROGRESS_H
#define NRS_REPLAY_PROGRESS_H
#include <stdbool.h>
#include <stdint.h>

#include "platform/recorded/recorded.h"

struct nrs_replay_progress {
    bool on, drawn;
    const char *name;
    uint64_t start_ns, next_ns;
};

void nrs_replay_progress_start(struct nrs_replay_progress *p, bool on, const char *name);
void nrs_replay_progress_show(struct nrs_replay_progress *p, const struct nrs_recorded *file,
                              uint64_t flagged);

/* Takes the bar away. Returns the time since the start. */
uint64_t nrs_replay_progress_end(struct nrs_replay_progress *p);

/* The line that stays: "conn.log: 2.0 M records in 1.04 s, 3 flagged, 12 damaged". */
void nrs_replay_progress_summary(const char *name, const struct nrs_recorded_stats *st, uint64_t spent_ns,
                                 uint64_t flagged);

#endif
