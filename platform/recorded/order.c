#include "platform/recorded/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/units.h"
#include "platform/recorded/order_heap.h"
#include "platform/recorded/runs.h"
#include "platform/recorded/same.h"

#define MINUTE  (NRS_S_PER_MIN * NRS_NS_PER_S)
#define SAMPLES 1024
#define FAR      (SAMPLES / 4) /* a record this much later than its place will not always fit the window */
#define FAR_MAX  5             /* more such samples than this (half a percent): sort in runs */
#define RUN_PART 1024          /* records that are written at once */
#define NAMES_MAX 65536        /* held; more pass at once, so that they cannot fill the memory */

/* A record in order goes behind the queue, one that starts before the queue's last into the heap; the next
 * one out is the smaller of both. So a sorted stream never touches the heap. */
struct nrs_order {
    nrs_flow_fn fn;
    void *arg;
    uint32_t cap;
    bool always;  /* conf: sort in runs */
    bool started; /* the window was full once */
    bool in_runs; /* this stream is sorted outside memory */
    struct nrs_flow *slot;
    char **name;      /* [cap] of the names that are held in slots; NULL = none yet */
    uint32_t n_names; /* held */
    bool captures;    /* events of captures have come: names are theirs and pass with them */
    uint32_t *spare; /* numbers of free slots, [n_spare], a stack */
    uint32_t n_spare;
    struct nrs_order_entry *queue; /* a ring of cap entries */
    uint32_t head, n_queue;
    struct nrs_order_heap heap;
    uint32_t seq;
    uint64_t max_ns;  /* largest start taken */
    uint64_t hold_ns; /* how long records are held once it started */
    uint64_t out_ns;  /* largest start handed out */
    struct nrs_runs runs;
    struct nrs_same same;
    struct nrs_order_stats st;
    bool ended; /* the statistics are of a stream that ended */
};

static void begin(struct nrs_order *o)
{
    uint32_t i;

    for (i = 0; i < o->cap; i++)
        o->spare[i] = o->cap - 1 - i;
    o->n_spare = o->cap;
    o->head = o->n_queue = o->heap.n = 0;
    o->seq = 0;
    o->max_ns = o->out_ns = 0;
    o->hold_ns = 0;
    o->started = o->ended = o->captures = false;
    o->in_runs = o->always;
    memset(&o->same, 0, sizeof o->same);
    o->st = (struct nrs_order_stats){0};
}

int nrs_order_open(struct nrs_order **out, uint32_t cap, bool always, nrs_flow_fn fn, void *arg)
{
    struct nrs_order *o = calloc(1, sizeof *o);

    if (!o)
        return -ENOMEM;
    o->cap = cap ? cap : NRS_ORDER_CAP;
    o->always = always;
    o->fn = fn;
    o->arg = arg;
    nrs_runs_init(&o->runs);
    o->slot = malloc(o->cap * sizeof *o->slot);
    o->spare = malloc(o->cap * sizeof *o->spare);
    o->queue = malloc(o->cap * sizeof *o->queue);
    o->heap.entry = aligned_alloc(64, (o->cap + NRS_ORDER_HEAP_SPARE + 3) / 4 * 64);
    if (!o->slot || !o->spare || !o->queue || !o->heap.entry) {
        nrs_order_close(o);
        return -ENOMEM;
    }
    begin(o);
    *out = o;
    return 0;
}

static void hand_out(void *order, const struct nrs_flow *f, const char *name)
{
    struct nrs_order *o = order;
    bool start = f->ev == NRS_EV_WHOLE || f->ev == NRS_EV_OPEN;

    if (f->ev == NRS_EV_WHOLE && nrs_same_seen(&o->same, f)) {
        o->st.joined++;
        return;
    }
    o->st.taken += start;
    if (start && f->t_ns > o->out_ns) {
        o->out_ns = f->t_ns;
    } else if (start && o->out_ns - f->t_ns > MINUTE) {
        if (o->st.late++ == 0)
            o->st.late_ns = f->t_ns;
        if (o->out_ns - f->t_ns > o->st.behind_ns)
            o->st.behind_ns = o->out_ns - f->t_ns;
    }
    o->fn(o->arg, f, name);
}

static bool queue_is_next(const struct nrs_order *o)
{
    return o->n_queue > 0 &&
           (o->heap.n == 0 || nrs_order_before(&o->queue[o->head], nrs_order_heap_top(&o->heap)));
}

/* Something is held. */
static uint64_t next_ns(const struct nrs_order *o)
{
    return queue_is_next(o) ? o->queue[o->head].t_ns : nrs_order_heap_top(&o->heap)->t_ns;
}

static uint32_t next_slot(const struct nrs_order *o)
{
    return queue_is_next(o) ? o->queue[o->head].slot : nrs_order_heap_top(&o->heap)->slot;
}

static struct nrs_order_entry pop(struct nrs_order *o)
{
    struct nrs_order_entry e;

    if (queue_is_next(o)) {
        e = o->queue[o->head];
        o->head = o->head + 1 == o->cap ? 0 : o->head + 1;
        o->n_queue--;
    } else {
        e = nrs_order_heap_pop(&o->heap);
    }
    o->spare[o->n_spare++] = e.slot;
    if (o->heap.n > 0)
        __builtin_prefetch(&o->slot[nrs_order_heap_top(&o->heap)->slot]); /* likely the next one out */
    return e;
}

/* The next one goes out. */
static void let_out(struct nrs_order *o)
{
    uint32_t slot = pop(o).slot;
    char *name = o->n_names > 0 ? o->name[slot] : NULL;

    hand_out(o, &o->slot[slot], name);
    if (!name)
        return;
    free(name);
    o->name[slot] = NULL;
    o->n_names--;
}

static bool holds(const struct nrs_order *o)
{
    return o->n_spare < o->cap;
}

/* A name that cannot be kept goes without; the event then tells nothing. */
static void keep_name(struct nrs_order *o, uint32_t slot, const char *name)
{
    if (!o->name)
        o->name = calloc(o->cap, sizeof *o->name);
    if (o->name)
        o->name[slot] = strdup(name);
    o->n_names += o->name && o->name[slot];
}

static void put(struct nrs_order *o, const struct nrs_flow *f, const char *name)
{
    struct nrs_order_entry e = {.t_ns = f->t_ns, .seq = o->seq++, .slot = o->spare[--o->n_spare]};
    uint32_t back = o->head + o->n_queue;

    o->slot[e.slot] = *f;
    if (name)
        keep_name(o, e.slot, name);
    if (o->n_queue == 0 || f->t_ns >= o->queue[back - 1 < o->cap ? back - 1 : back - 1 - o->cap].t_ns) {
        o->queue[back < o->cap ? back : back - o->cap] = e;
        o->n_queue++;
    } else {
        nrs_order_heap_push(&o->heap, e);
    }
}

static int by_entry(const void *a, const void *b)
{
    return nrs_order_before(a, b) ? -1 : 1;
}

/* Whether samples of the first window, whose slots were filled in the order of arrival, come too far
 * behind their places for a window of this size. */
static bool is_far(const struct nrs_order *o)
{
    struct nrs_order_entry sample[SAMPLES];
    uint32_t i, n_far = 0;

    if (o->heap.n == 0 || o->cap < SAMPLES)
        return o->heap.n > o->cap / 2;
    for (i = 0; i < SAMPLES; i++)
        sample[i] = (struct nrs_order_entry){
            .t_ns = o->slot[(uint64_t)i * o->cap / SAMPLES].t_ns, .seq = i, .slot = i};
    qsort(sample, SAMPLES, sizeof *sample, by_entry);
    for (i = 0; i < SAMPLES; i++)
        n_far += sample[i].slot >= i + FAR;
    return n_far > FAR_MAX;
}

/* All that is held becomes a sorted run. */
static void write_run(struct nrs_order *o)
{
    struct nrs_flow part[RUN_PART];
    uint32_t n = 0;

    while (holds(o)) {
        if (o->n_names > 0 && o->name[next_slot(o)]) {
            let_out(o);
            continue;
        }
        part[n++] = o->slot[pop(o).slot];
        if (n == RUN_PART) {
            nrs_runs_write(&o->runs, part, n);
            n = 0;
        }
    }
    nrs_runs_write(&o->runs, part, n);
    nrs_runs_end_run(&o->runs);
}

static void make_room(struct nrs_order *o)
{
    if (!o->started) {
        o->started = true;
        o->in_runs = o->in_runs || is_far(o);
    }
    if (o->in_runs)
        write_run(o);
    else
        let_out(o);
}

static void note_disorder(struct nrs_order *o, uint64_t t_ns)
{
    uint64_t back = o->max_ns - t_ns;

    if (back <= o->st.disorder_ns)
        return;
    o->st.disorder_ns = back;
    o->hold_ns = back < UINT64_MAX / 2 ? 2 * back : UINT64_MAX;
    if (o->hold_ns < MINUTE)
        o->hold_ns = MINUTE;
}

static void pass(struct nrs_order *o, const struct nrs_flow *f, const char *name)
{
    while (!o->in_runs && holds(o) && next_ns(o) <= f->t_ns)
        let_out(o);
    hand_out(o, f, name);
}

void nrs_order_flow(void *order, const struct nrs_flow *f, const char *name)
{
    struct nrs_order *o = order;

    if (o->ended)
        begin(o);
    o->captures |= f->ev != NRS_EV_WHOLE && f->ev != NRS_EV_NAME;
    if (f->ev != NRS_EV_WHOLE && (f->ev != NRS_EV_NAME || o->captures || o->n_names == NAMES_MAX)) {
        pass(o, f, name);
        return;
    }
    if (f->t_ns >= o->max_ns)
        o->max_ns = f->t_ns;
    else
        note_disorder(o, f->t_ns);
    if (o->started && o->hold_ns == 0 && !holds(o) && !o->in_runs) {
        hand_out(o, f, name);
        return;
    }
    if (o->n_spare == 0)
        make_room(o);
    put(o, f, name);
    while (o->started && !o->in_runs && holds(o) && (o->hold_ns == 0 || o->max_ns - next_ns(o) > o->hold_ns))
        let_out(o);
}

int nrs_order_end(struct nrs_order *o)
{
    int rc = 0;

    if (o->in_runs && o->started) {
        write_run(o);
        o->st.runs = o->runs.n;
        rc = o->runs.error ? o->runs.error : nrs_runs_merge(&o->runs, o->slot, o->cap, &o->heap, hand_out, o);
        nrs_runs_close(&o->runs);
    }
    while (holds(o))
        let_out(o);
    o->ended = true;
    return rc;
}

void nrs_order_stats(const struct nrs_order *o, struct nrs_order_stats *st)
{
    *st = o->st;
}

void nrs_order_close(struct nrs_order *o)
{
    uint32_t i;

    if (!o)
        return;
    nrs_runs_close(&o->runs);
    for (i = 0; o->name && i < o->cap; i++)
        free(o->name[i]);
    free(o->name);
    free(o->slot);
    free(o->spare);
    free(o->queue);
    free(o->heap.entry);
    free(o);
}
