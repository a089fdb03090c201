/* platform/recorded/order_heap.h - a heap, smallest (t_ns, seq) on top; private to this room
 *
 * Each entry has four children, which lie in one line of the processor's cache when the memory is aligned to
 * 64 bytes: the three entries before the root are never used. An entry taken from the top leaves a hole that
 * sinks to the bottom, where the last entry rises from: it belongs far down, so that costs fewer comparisons.
 *
 * Memory: the caller's, of NRS_ORDER_HEAP_SPARE entries more than the heap has to hold. The caller never
 *         pushes into a
 * full heap, nor pops from an empty one. */
#ifndef NRS_ORDER_HEAP_H
#define NRS_ORDER_HEAP_H
#include <stdbool.h>
#include <stdint.h>

#define NRS_ORDER_HEAP_SPARE 3

struct nrs_order_entry {
    uint64_t t_ns;
    uint32_t seq;  /* which of two equal times came first; wraps after 4 * 10^9 */
    uint32_t slot; /* the caller's */
};

struct nrs_order_heap {
    struct nrs_order_entry *entry; /* the root is entry[3], its children are entry[4..7] */
    uint32_t n;
};

static inline bool nrs_order_before(const struct nrs_order_entry *a, const struct nrs_order_entry *b)
{
    return (a->t_ns < b->t_ns) | ((a->t_ns == b->t_ns) & (a->seq < b->seq)); /* no branch to mispredict */
}

static inline const struct nrs_order_entry *nrs_order_heap_top(const struct nrs_order_heap *h)
{
    return &h->entry[NRS_ORDER_HEAP_SPARE];
}

/* Puts e into the hole `at`, or above it. Children of `at` are 4 * (at - 2) and the three after it. */
static inline void nrs_order_heap_rise(struct nrs_order_heap *h, uint32_t at, struct nrs_order_entry e)
{
    while (at > NRS_ORDER_HEAP_SPARE && nrs_order_before(&e, &h->entry[at / 4 + 2])) {
        h->entry[at] = h->entry[at / 4 + 2];
        at = at / 4 + 2;
    }
    h->entry[at] = e;
}

static inline void nrs_order_heap_push(struct nrs_order_heap *h, struct nrs_order_entry e)
{
    nrs_order_heap_rise(h, NRS_ORDER_HEAP_SPARE + h->n++, e);
}

static inline struct nrs_order_entry nrs_order_heap_pop(struct nrs_order_heap *h)
{
    struct nrs_order_entry top = *nrs_order_heap_top(h);
    uint32_t end = NRS_ORDER_HEAP_SPARE + --h->n, at = NRS_ORDER_HEAP_SPARE, child;

    while ((child = 4 * (at - 2)) + 3 < end) {
        const struct nrs_order_entry *e = &h->entry[child];
        uint32_t left = nrs_order_before(&e[1], &e[0]), right = 2 + (uint32_t)nrs_order_before(&e[3], &e[2]);

        child += nrs_order_before(&e[right], &e[left]) ? right : left;
        h->entry[at] = h->entry[child];
        at = child;
    }
    if (child < end) {
        uint32_t best = child;

        while (++child < end)
            best = nrs_order_before(&h->entry[child], &h->entry[best]) ? child : best;
        h->entry[at] = h->entry[best];
        at = best;
    }
    nrs_order_heap_rise(h, at, h->entry[end]);
    return top;
}

#endif
