#include "tools/collector/store/ingest.h"

#include <stdio.h>
#include <time.h>

/* On the pool's thread. */
static void do_job(uv_work_t *work)
{
    struct nrs_col_ingest *in = work->data;
    uint64_t from = uv_hrtime();

    if (in->job == NRS_COL_COMMIT)
        in->rc = in->store->ops->commit(in->store, in->committing, (int64_t)time(NULL));
    else if (in->job == NRS_COL_PROBE)
        in->rc = in->store->ops->probe(in->store);
    else
        in->rc = in->store->ops->retire(in->store, &in->keep, (int64_t)time(NULL), &in->n_retired);
    in->took_us = (uv_hrtime() - from) / 1000;
}

static void schedule(struct nrs_col_ingest *in);

static void count(struct nrs_col_ingest *in)
{
    struct nrs_col_metrics *m = in->metrics;

    m->commit_us += in->took_us;
    if (in->rc == 0)
        m->commits++;
    else
        m->commits_failed++;
}

static void on_probe(uv_timer_t *timer);

static void note(struct nrs_col_ingest *in)
{
    if (in->rc != 0 && !in->failing)
        (void)fprintf(stderr, "noroshi-collector: store: %s; answering 503 until it works again\n",
                      in->store->why);
    if (in->rc == 0 && in->failing)
        (void)fprintf(stderr, "noroshi-collector: store: works again\n");
    in->failing = in->rc != 0;
    if (in->failing)
        (void)uv_timer_start(&in->probe, on_probe, NRS_COL_PROBE_MS, 0);
}

static void start_job(struct nrs_col_ingest *in, enum nrs_col_ingest_job job);

static void on_retire(uv_timer_t *timer)
{
    struct nrs_col_ingest *in = timer->data;

    if (!in->busy)
        start_job(in, NRS_COL_RETIRE);
}

static void retired(struct nrs_col_ingest *in)
{
    bool more = in->rc == 0 && in->n_retired > 0;

    in->metrics->records_retired += in->n_retired;
    in->n_retired = 0;
    (void)uv_timer_start(&in->retire, on_retire, more ? 0 : NRS_COL_RETIRE_MS, NRS_COL_RETIRE_MS);
}

static void job_done(uv_work_t *work, int status)
{
    struct nrs_col_ingest *in = work->data;
    struct nrs_col_post *p = in->committing, *next;

    (void)status; /* never cancelled */
    if (in->job == NRS_COL_COMMIT)
        count(in);
    if (in->job == NRS_COL_RETIRE)
        retired(in);
    note(in);
    in->committing = NULL;
    in->busy = false;
    for (; p != NULL; p = next) {
        next = p->next;
        p->rc = in->rc != 0 ? in->rc : p->rc;
        p->done(p);
    }
    schedule(in);
}

static void start_job(struct nrs_col_ingest *in, enum nrs_col_ingest_job job)
{
    in->busy = true;
    in->job = (uint8_t)job;
    (void)uv_timer_stop(&in->gather);
    (void)uv_timer_stop(&in->probe);
    in->work.data = in;
    (void)uv_queue_work(in->gather.loop, &in->work, do_job, job_done);
}

static void on_probe(uv_timer_t *timer)
{
    struct nrs_col_ingest *in = timer->data;

    if (!in->busy)
        start_job(in, NRS_COL_PROBE);
}

/* Cuts the first requests off the waiting list, up to the row limit, and gives them to a worker. */
static void begin(struct nrs_col_ingest *in)
{
    struct nrs_col_post **cut = &in->first;
    unsigned rows = 0;

    while (*cut != NULL && rows < NRS_COL_BATCH_ROWS) {
        rows += (*cut)->n;
        cut = &(*cut)->next;
    }
    in->committing = in->first;
    in->first = *cut;
    *cut = NULL;
    if (in->first == NULL)
        in->last = &in->first;
    in->rows -= rows;
    start_job(in, NRS_COL_COMMIT);
}

static void gathered(uv_timer_t *timer)
{
    begin(timer->data);
}

static void schedule(struct nrs_col_ingest *in)
{
    uint64_t due = in->first_ms + in->gather_ms, now = uv_now(in->gather.loop);

    if (in->busy || in->first == NULL)
        return;
    if (in->rows >= NRS_COL_BATCH_ROWS || now >= due)
        begin(in);
    else if (!uv_is_active((uv_handle_t *)&in->gather))
        (void)uv_timer_start(&in->gather, gathered, due - now, 0);
}

void nrs_col_ingest_init(struct nrs_col_ingest *in, uv_loop_t *loop, struct nrs_col_store *store,
                         struct nrs_col_metrics *metrics, unsigned gather_ms,
                         const struct nrs_col_retention *keep)
{
    *in = (struct nrs_col_ingest){.store = store, .metrics = metrics, .gather_ms = gather_ms, .keep = *keep};
    in->last = &in->first;
    (void)uv_timer_init(loop, &in->gather);
    (void)uv_timer_init(loop, &in->probe);
    (void)uv_timer_init(loop, &in->retire);
    in->gather.data = in->probe.data = in->retire.data = in;
    if (keep->days > 0 || keep->mib > 0)
        (void)uv_timer_start(&in->retire, on_retire, 0, NRS_COL_RETIRE_MS);
}

void nrs_col_ingest_put(struct nrs_col_ingest *in, struct nrs_col_post *p)
{
    if (in->first == NULL)
        in->first_ms = uv_now(in->gather.loop);
    p->next = NULL;
    *in->last = p;
    in->last = &p->next;
    in->rows += p->n;
    schedule(in);
}

bool nrs_col_ingest_idle(const struct nrs_col_ingest *in)
{
    return !in->busy && in->first == NULL;
}

void nrs_col_ingest_flush(struct nrs_col_ingest *in)
{
    (void)uv_timer_stop(&in->retire);
    in->keep = (struct nrs_col_retention){0, 0};
    in->gather_ms = 0;
    schedule(in);
}

void nrs_col_ingest_close(struct nrs_col_ingest *in)
{
    uv_close((uv_handle_t *)&in->gather, NULL);
    uv_close((uv_handle_t *)&in->probe, NULL);
    uv_close((uv_handle_t *)&in->retire, NULL);
}
