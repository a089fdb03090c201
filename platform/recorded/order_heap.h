/* platform/recorded/order_heap.h - a binary heap, smallest (t_ns, seq) on top; private to this room
 *
 * Memory: the caller's. The caller never pushes into a full heap, nor pops from an empty one. */
#ifndef NRS_ORDER_HEAP_H
#define NRS_ORDER_HEAP_H
#include <stdbool.h>
#include <stdint.h>

struct nrs_order_entry {
    uint64_t t_ns;
    uint32_t seq;  /* which of two equal times came first; wraps after 4 * 10^9, which costs the order of
                    * equals */
    uint32_t slot; /* the caller's */
};

struct nrs_order_heap {
    struct nrs_order_entry *entry;
    uint32_t n;
};

static inline bool nrs_order_before(const struct nrs_order_entry *a, const struct nrs_order_entry *b)
{
    return (a->t_ns < b->t_ns) | ((a->t_ns == b->t_ns) & (a->seq < b->seq)); /* no branch to mispredict */
}

static inline void nrs_order_heap_push(struct nrs_order_heap *h, struct nrs_order_entry e)
{
    uint32_t at = h->n++;

    while (at > 0 && nrs_order_before(&e, &h->entry[(at - 1) / 2])) {
        h->entry[at] = h->entry[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->entry[at] = e;
}

static inline struct nrs_order_entry nrs_order_heap_pop(struct nrs_order_heap *h)
{
    struct nrs_order_entry top = h->entry[0], last = h->entry[--h->n];
    uint32_t at = 0, child;

    while ((child = 2 * at + 1) < h->n) {
        child += child + 1 < h->n && nrs_order_before(&h->entry[child + 1], &h->entry[child]);
        if (!nrs_order_before(&h->entry[child], &last))
            break;
        h->entry[at] = h->entry[child];
        at = child;
    }
    h->entry[at] = last;
    return top;
}

#endif
