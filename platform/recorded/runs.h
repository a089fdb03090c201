/* platform/recorded/runs.h - sorted runs of records in a temporary file, and their merge; private to this
 * room
 *
 * The file is made at the first run, has no name and vanishes with its descriptor. Limit: NRS_RUNS_MAX
 * runs (with full windows 10^9 records).
 * Errors: the first one is kept in `error`; after it nothing is written any more. */
#ifndef NRS_RUNS_H
#define NRS_RUNS_H
#include <stdint.h>

#include "platform/flow.h"
#include "platform/recorded/order_heap.h"

#define NRS_RUNS_MAX 4096

struct nrs_runs {
    int fd;    /* -1 = no file yet */
    int error; /* 0 or a negative errno */
    uint32_t n;
    uint64_t end[NRS_RUNS_MAX]; /* records before the end of each run */
};

void nrs_runs_init(struct nrs_runs *r);

/* Appends n records, which are in order, to the run that is being written. */
void nrs_runs_write(struct nrs_runs *r, const struct nrs_flow *flows, uint32_t n);

/* The run that is being written is complete. */
void nrs_runs_end_run(struct nrs_runs *r);

/* Hands out all records in order. room[0..room_n): memory for reading, at least one record for each run;
 * heap: room for an entry for each run. Returns r->error. */
int nrs_runs_merge(struct nrs_runs *r, struct nrs_flow *room, uint32_t room_n, struct nrs_order_heap *heap,
                   nrs_flow_fn fn, void *arg);

void nrs_runs_close(struct nrs_runs *r);

#endif
