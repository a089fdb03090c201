#include "platform/packet/open_flows.h"

#include <string.h>

static uint32_t heads_for(uint32_t cap)
{
    uint32_t n = 16;

    while (n < cap)
        n *= 2;
    return n;
}

size_t nrs_open_flows_bytes(uint32_t cap)
{
    return (size_t)cap * (sizeof(struct nrs_open_flow) + sizeof(uint32_t)) + heads_for(cap) * sizeof(uint32_t);
}

void nrs_open_flows_init(struct nrs_open_flows *t, void *mem, uint32_t cap, uint64_t hash_key)
{
    memset(t, 0, sizeof *t);
    t->cap = cap;
    t->head_mask = heads_for(cap) - 1;
    t->flow = mem;
    t->chain = (uint32_t *)(void *)(t->flow + cap);
    t->head = t->chain + cap;
    t->hash_key[0] = (uint32_t)hash_key;
    t->hash_key[1] = (uint32_t)(hash_key >> 32);
    memset(t->head, 0xff, (t->head_mask + 1) * sizeof *t->head);
    for (uint32_t i = 0; i < cap; i++)
        t->chain[i] = i + 1 < cap ? i + 1 : NRS_OPEN_NONE;
    for (int l = 0; l < NRS_LISTS; l++)
        t->queue[l] = (struct nrs_open_queue){.oldest = NRS_OPEN_NONE, .newest = NRS_OPEN_NONE};
}

static inline uint32_t rotate(uint32_t x, int by)
{
    return (x << by) | (x >> (32 - by));
}

/* An address as four words, whose order within does not matter here: compared and hashed, never shown. */
struct words {
    uint32_t w[4];
};

static inline struct words words_of(const struct nrs_addr *a)
{
    struct words x;

    memcpy(x.w, a->b, sizeof x.w);
    return x;
}

static inline bool same_addr(const struct nrs_addr *a, const struct nrs_addr *b)
{
    struct words x = words_of(a), y = words_of(b);

    return ((x.w[0] ^ y.w[0]) | (x.w[1] ^ y.w[1]) | (x.w[2] ^ y.w[2]) | (x.w[3] ^ y.w[3])) == 0;
}

/* Any order will do that does not depend on which end is which. */
static bool goes_first(const struct words *x, uint16_t xport, const struct words *y, uint16_t yport)
{
    for (int i = 3; i >= 0; i--)
        if (x->w[i] != y->w[i])
            return x->w[i] < y->w[i];
    return xport < yport;
}

/* HalfSipHash-1-3 of whole words. One loop, so that the round stands in the program once. */
static uint32_t half_sip(const uint32_t key[2], const uint32_t *word, int n)
{
    uint32_t a = key[0], b = key[1], c = 0x6c796765u ^ key[0], d = 0x74656462u ^ key[1];

    for (int i = 0; i < n + 3; i++) {
        uint32_t m = i < n ? word[i] : 0;

        if (i == n)
            c ^= 0xff;
        d ^= m;
        a += b;
        b = rotate(b, 5) ^ a;
        a = rotate(a, 16);
        c += d;
        d = rotate(d, 8) ^ c;
        a += d;
        d = rotate(d, 7) ^ a;
        c += b;
        b = rotate(b, 13) ^ c;
        c = rotate(c, 16);
        a ^= m;
    }
    return b ^ d;
}

/* The constant front of an IPv4 address says nothing and is left out. */
static int add_words(uint32_t *word, int n, const struct words *x)
{
    for (int i = (x->w[0] | x->w[1]) ? 0 : 3; i < 4; i++)
        word[n++] = x->w[i];
    return n;
}

/* The same for both directions: the smaller end goes first. */
static uint32_t bucket_of(const struct nrs_open_flows *t, const struct nrs_open_key *k)
{
    struct words src = words_of(&k->src), dst = words_of(&k->dst);
    bool src_first = goes_first(&src, k->sport, &dst, k->dport);
    uint32_t word[10];
    int n = add_words(word, 0, src_first ? &src : &dst);

    n = add_words(word, n, src_first ? &dst : &src);
    word[n++] = src_first ? (uint32_t)k->sport << 16 | k->dport : (uint32_t)k->dport << 16 | k->sport;
    word[n++] = k->proto;
    return half_sip(t->hash_key, word, n) & t->head_mask;
}

struct nrs_open_flow *nrs_open_flows_find(const struct nrs_open_flows *t, const struct nrs_open_key *k,
                                          bool *from_local)
{
    for (uint32_t i = t->head[bucket_of(t, k)]; i != NRS_OPEN_NONE; i = t->chain[i]) {
        struct nrs_open_flow *e = &t->flow[i];

        if (e->proto != k->proto)
            continue;
        *from_local = true;
        if (e->lport == k->sport && e->rport == k->dport && same_addr(&e->local, &k->src) &&
            same_addr(&e->remote, &k->dst))
            return e;
        *from_local = false;
        if (e->lport == k->dport && e->rport == k->sport && same_addr(&e->local, &k->dst) &&
            same_addr(&e->remote, &k->src))
            return e;
    }
    return NULL;
}

static uint32_t slot_of(const struct nrs_open_flows *t, const struct nrs_open_flow *e)
{
    return (uint32_t)(e - t->flow);
}

static void list_leave(struct nrs_open_flows *t, struct nrs_open_flow *e)
{
    struct nrs_open_queue *q = &t->queue[e->list];

    if (e->older == NRS_OPEN_NONE)
        q->oldest = e->newer;
    else
        t->flow[e->older].newer = e->newer;
    if (e->newer == NRS_OPEN_NONE)
        q->newest = e->older;
    else
        t->flow[e->newer].older = e->older;
    q->n--;
}

static void list_join(struct nrs_open_flows *t, struct nrs_open_flow *e, enum nrs_open_list list, uint32_t now_ms)
{
    struct nrs_open_queue *q = &t->queue[list];

    e->list = list & 7u;
    e->last_ms = now_ms;
    e->older = q->newest;
    e->newer = NRS_OPEN_NONE;
    if (q->newest == NRS_OPEN_NONE)
        q->oldest = slot_of(t, e);
    else
        t->flow[q->newest].newer = slot_of(t, e);
    q->newest = slot_of(t, e);
    q->n++;
}

struct nrs_open_flow *nrs_open_flows_add(struct nrs_open_flows *t, const struct nrs_open_key *k, bool local_is_src,
                                         enum nrs_open_list list, uint32_t now_ms)
{
    struct nrs_open_flow *e;
    uint32_t slot = t->free, bucket;

    if (slot == NRS_OPEN_NONE)
        return NULL;
    t->free = t->chain[slot];
    bucket = bucket_of(t, k);
    t->chain[slot] = t->head[bucket];
    t->head[bucket] = slot;
    e = &t->flow[slot];
    memset(e, 0, sizeof *e);
    e->local = local_is_src ? k->src : k->dst;
    e->remote = local_is_src ? k->dst : k->src;
    e->lport = local_is_src ? k->sport : k->dport;
    e->rport = local_is_src ? k->dport : k->sport;
    e->proto = k->proto;
    e->start_ms = now_ms;
    list_join(t, e, list, now_ms);
    return e;
}

void nrs_open_flows_touch(struct nrs_open_flows *t, struct nrs_open_flow *e, enum nrs_open_list list,
                          uint32_t now_ms)
{
    list_leave(t, e);
    list_join(t, e, list, now_ms);
}

void nrs_open_flows_remove(struct nrs_open_flows *t, struct nrs_open_flow *e)
{
    struct nrs_open_key k = {e->local, e->remote, e->lport, e->rport, (uint8_t)e->proto};
    uint32_t *link = &t->head[bucket_of(t, &k)];
    uint32_t slot = slot_of(t, e);

    while (*link != slot)
        link = &t->chain[*link];
    *link = t->chain[slot];
    list_leave(t, e);
    t->chain[slot] = t->free;
    t->free = slot;
}

struct nrs_open_flow *nrs_open_flows_oldest(const struct nrs_open_flows *t, enum nrs_open_list list)
{
    uint32_t slot = t->queue[list].oldest;

    return slot == NRS_OPEN_NONE ? NULL : &t->flow[slot];
}

static enum nrs_open_list longest(const struct nrs_open_flows *t, enum nrs_open_list first, enum nrs_open_list last)
{
    enum nrs_open_list best = first;

    for (enum nrs_open_list l = first; l <= last; l++)
        if (t->queue[l].n > t->queue[best].n)
            best = l;
    return best;
}

struct nrs_open_flow *nrs_open_flows_victim(const struct nrs_open_flows *t, bool for_inbound)
{
    enum nrs_open_list inbound = longest(t, NRS_LIST_IN_DATAGRAM, NRS_LIST_IN_TCP);

    if (t->queue[NRS_LIST_DONE].n)
        return nrs_open_flows_oldest(t, NRS_LIST_DONE);
    if (t->queue[inbound].n || for_inbound)
        return nrs_open_flows_oldest(t, inbound);
    return nrs_open_flows_oldest(t, longest(t, NRS_LIST_HALF, NRS_LIST_CLOSING));
}

uint32_t nrs_open_flows_count(const struct nrs_open_flows *t)
{
    uint32_t n = 0;

    for (int l = NRS_LIST_DONE + 1; l < NRS_LISTS; l++)
        n += t->queue[l].n;
    return n;
}

uint32_t nrs_open_flows_join(const struct nrs_open_flows *t, const struct nrs_open_flow *e)
{
    return (e->start_ms & 0xfff) << 20 | slot_of(t, e);
}
