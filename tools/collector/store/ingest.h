/* tools/collector/store/ingest.h - many requests, one transaction
 *
 * SQLite's commit waits for the disk. So requests are gathered for a few milliseconds and committed
 * together, on a thread of libuv's pool, while the loop goes on reading the next ones; one transaction at
 * a time. A request is answered only after its commit.
 *
 * After a commit that failed, a write is tried every NRS_COL_PROBE_MS, so that `failing` ends by itself.
 *
 * A thread and not the loop: an fsync takes 1 to 30 ms on common disks and far longer on a busy one, and
 * handshakes and time-outs must not wait for it. One thread and not more: SQLite has one writer.
 *
 * Limits: NRS_COL_BATCH_ROWS records a transaction (the request that crosses it included). */
#ifndef NRS_COL_INGEST_H
#define NRS_COL_INGEST_H
#include <stdbool.h>
#include <uv.h>

#include "tools/collector/serve/metrics.h"
#include "tools/collector/store/store.h"

#define NRS_COL_BATCH_ROWS 10000
#define NRS_COL_PROBE_MS 2000
#define NRS_COL_RETIRE_MS 30000 /* between two checks whether records are to be deleted */

/* What the worker does next. */
enum nrs_col_ingest_job { NRS_COL_COMMIT, NRS_COL_PROBE, NRS_COL_RETIRE };

struct nrs_col_ingest {
    struct nrs_col_store *store;
    struct nrs_col_metrics *metrics;
    unsigned gather_ms;
    uv_timer_t gather, probe, retire;
    struct nrs_col_retention keep;
    uint8_t job;                        /* enum nrs_col_ingest_job: the worker's, while busy */
    unsigned n_retired;                 /* records that the last NRS_COL_RETIRE deleted */
    uv_work_t work;
    struct nrs_col_post *first, **last; /* waiting */
    unsigned rows;                      /* in the waiting ones */
    uint64_t first_ms;                  /* when the first of them came */
    struct nrs_col_post *committing;    /* the worker's, while busy */
    uint64_t took_us;
    int rc;
    bool busy, failing;                 /* failing: the last write did not go through */
};

void nrs_col_ingest_init(struct nrs_col_ingest *in, uv_loop_t *loop, struct nrs_col_store *store,
                         struct nrs_col_metrics *metrics, unsigned gather_ms,
                         const struct nrs_col_retention *keep);

/* Takes over p; p->done is called on the loop's thread after the commit, with p->rc set. */
void nrs_col_ingest_put(struct nrs_col_ingest *in, struct nrs_col_post *p);
bool nrs_col_ingest_idle(const struct nrs_col_ingest *in);

/* Commits what waits without gathering further (shutdown). */
void nrs_col_ingest_flush(struct nrs_col_ingest *in);
void nrs_col_ingest_close(struct nrs_col_ingest *in);

#endif
