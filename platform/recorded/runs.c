#include "platform/recorded/runs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RECORD sizeof(struct nrs_flow)

void nrs_runs_init(struct nrs_runs *r)
{
    r->fd = -1;
    r->error = 0;
    r->n = 0;
}

static int open_unnamed(void)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    int fd;

    if (snprintf(path, sizeof path, "%s/noroshi-XXXXXX", folder && *folder ? folder : "/tmp") >=
        (int)sizeof path)
        return -ENAMETOOLONG;
    fd = mkstemp(path);
    if (fd < 0)
        return -errno;
    unlink(path);
    return fd;
}

static bool begin(struct nrs_runs *r)
{
    if (r->fd < 0 && !r->error) {
        r->fd = open_unnamed();
        r->error = r->fd < 0 ? r->fd : 0;
        r->end[0] = 0;
    }
    if (r->n == NRS_RUNS_MAX && !r->error)
        r->error = -EFBIG;
    return !r->error;
}

void nrs_runs_write(struct nrs_runs *r, const struct nrs_flow *flows, uint32_t n)
{
    const uint8_t *from = (const uint8_t *)flows;
    size_t left = n * RECORD;

    if (!begin(r))
        return;
    while (left > 0) {
        ssize_t wrote = write(r->fd, from, left);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            r->error = -errno;
            return;
        }
        from += wrote;
        left -= (size_t)wrote;
    }
    r->end[r->n] += n;
}

void nrs_runs_end_run(struct nrs_runs *r)
{
    if (r->error || r->fd < 0)
        return;
    r->n++;
    if (r->n < NRS_RUNS_MAX)
        r->end[r->n] = r->end[r->n - 1];
}

/* What is read of one run: records [at, n) of its part of the room; the next ones are at `next` of the
 * file. */
struct reading {
    struct nrs_flow *room;
    uint64_t next, end;
    uint32_t at, n;
};

static bool refill(struct nrs_runs *r, struct reading *g, uint32_t cap)
{
    uint32_t want = g->end - g->next < cap ? (uint32_t)(g->end - g->next) : cap;
    size_t have = 0;

    while (have < want * RECORD) {
        ssize_t n =
            pread(r->fd, (uint8_t *)g->room + have, want * RECORD - have, (off_t)(g->next * RECORD + have));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            r->error = n < 0 ? -errno : -EIO;
            return false;
        }
        have += (size_t)n;
    }
    g->next += want;
    g->at = 0;
    g->n = want;
    return want > 0;
}

static void offer(struct nrs_order_heap *heap, const struct reading *g, uint32_t run)
{
    nrs_order_heap_push(heap, (struct nrs_order_entry){.t_ns = g->room[g->at].t_ns, .seq = run, .slot = run});
}

int nrs_runs_merge(struct nrs_runs *r, struct nrs_flow *room, uint32_t room_n, struct nrs_order_heap *heap,
                   nrs_flow_fn fn, void *arg)
{
    uint32_t cap = r->n ? room_n / r->n : 0, i;
    struct reading *g;

    if (cap == 0)
        return r->n ? -EFBIG : r->error;
    g = calloc(r->n, sizeof *g);
    if (!g)
        return -ENOMEM;
    for (i = 0; i < r->n; i++) {
        g[i] =
            (struct reading){.room = room + (size_t)i * cap, .next = i ? r->end[i - 1] : 0, .end = r->end[i]};
        if (refill(r, &g[i], cap))
            offer(heap, &g[i], i);
    }
    while (heap->n > 0 && !r->error) {
        i = nrs_order_heap_pop(heap).slot;
        fn(arg, &g[i].room[g[i].at++], NULL);
        if (g[i].at < g[i].n || refill(r, &g[i], cap))
            offer(heap, &g[i], i);
    }
    free(g);
    return r->error;
}

void nrs_runs_close(struct nrs_runs *r)
{
    if (r->fd >= 0)
        close(r->fd);
    nrs_runs_init(r);
}
