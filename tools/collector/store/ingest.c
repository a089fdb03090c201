#include "tools/collector/store/ingest.h"

#include <stdio.h>
#include <time.h>

static void commit(uv_work_t *work)
{
    struct nrs_col_ingest *in = work->data;
    uint64_t from = uv_hrtime();

    in->rc = in->store->ops->commit(in->store, in->committing, (int64_t)time(NULL));
    in->took_us = (uv_hrtime() - from) / 1000;
}

static void schedule(struct nrs_col_ingest *in);

static void note(struct nrs_col_ingest *in)
{
    struct nrs_col_metrics *m = in->metrics;

    m->commit_us += in->took_us;
    if (in->rc == 0)
        m->commits++;
    else
        m->commits_failed++;
    if (in->rc != 0 && !in->failing)
        (void)fprintf(stderr, "noroshi-collector: store: %s; answering 503 until it works again\n", in->store->why);
    if (in->rc == 0 && in->failing)
        (void)fprintf(stderr, "noroshi-collector: store: works again\n");
    in->failing = in->rc != 0;
}

static void committed(uv_work_t *work, int status)
{
    struct nrs_col_ingest *in = work->data;
    struct nrs_col_post *p = in->committing, *next;

    (void)status; /* never cancelled */
    note(in);
    in->committing = NULL;
    in->busy = false;
    for (; p != NULL; p = next) {
        next = p->next;
        p->rc = in->rc;
        p->done(p);
    }
    schedule(in);
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
    in->busy = true;
    (void)uv_timer_stop(&in->gather);
    in->work.data = in;
    (void)uv_queue_work(in->gather.loop, &in->work, commit, committed);
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
                         struct nrs_col_metrics *metrics, unsigned gather_ms)
{
    *in = (struct nrs_col_ingest){.store = store, .metrics = metrics, .gather_ms = gather_ms};
    in->last = &in->first;
    (void)uv_timer_init(loop, &in->gather);
    in->gather.data = in;
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
    in->gather_ms = 0;
    schedule(in);
}

void nrs_col_ingest_close(struct nrs_col_ingest *in)
{
    uv_close((uv_handle_t *)&in->gather, NULL);
}
