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
    return (size_t)cap * (sizeof(struct nrs_open_flow) + sizeof(uint32_t)) +
           heads_for(cap) * sizeof(uint32_t);
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

/* Parts of an address as numbers: compared and hashed, never shown, so their byte order does not matter.
 * Scalars instead of arrays on purpose: clearing an array costs more than hashing it. */
static inline uint32_t word_at(const uint8_t *p)
{
    uint32_t x;

    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint64_t half_at(const uint8_t *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return x;
}

static inline bool same_addr(const struct nrs_addr *a, const struct nrs_addr *b)
{
    return ((half_at(a->b) ^ half_at(b->b)) | (half_at(a->b + 8) ^ half_at(b->b + 8))) == 0;
}

static inline uint32_t rotate(uint32_t x, int by)
{
    return (x << by) | (x >> (32 - by));
}

struct sip {
    uint32_t a, b, c, d;
};

static struct sip sip_word(struct sip s, uint32_t word)
{
    s.d ^= word;
    s.a += s.b;
    s.b = rotate(s.b, 5) ^ s.a;
    s.a = rotate(s.a, 16);
    s.c += s.d;
    s.d = rotate(s.d, 8) ^ s.c;
    s.a += s.d;
    s.d = rotate(s.d, 7) ^ s.a;
    s.c += s.b;
    s.b = rotate(s.b, 13) ^ s.c;
    s.c = rotate(s.c, 16);
    s.a ^= word;
    return s;
}

/* The constant front of an IPv4 address says nothing and is left out. */
static struct sip sip_addr(struct sip s, const struct nrs_addr *a)
{
    if (half_at(a->b) != 0)
        for (int i = 0; i < 12; i += 4)
            s = sip_word(s, word_at(a->b + i));
    return sip_word(s, word_at(a->b + 12));
}

/* Any order will do that does not depend on which end is which. */
static bool source_first(const struct nrs_open_key *k)
{
    uint32_t src = word_at(k->src.b + 12), dst = word_at(k->dst.b + 12);
    int front;

    if (src != dst)
        return src < dst;
    front = memcmp(k->src.b, k->dst.b, 12);
    return front ? front < 0 : k->sport < k->dport;
}

/* The same for both directions. */
static uint32_t bucket_of(const struct nrs_open_flows *t, const struct nrs_open_key *k)
{
    struct sip s = {t->hash_key[0], t->hash_key[1], 0x6c796765u ^ t->hash_key[0],
                    0x74656462u ^ t->hash_key[1]};
    bool first = source_first(k);

    s = sip_addr(s, first ? &k->src : &k->dst);
    s = sip_addr(s, first ? &k->dst : &k->src);
    s = sip_word(s, first ? (uint32_t)k->sport << 16 | k->dport : (uint32_t)k->dport << 16 | k->sport);
    s = sip_word(s, k->proto);
    s.c ^= 0xff;
    for (int i = 0; i < 3; i++)
        s = sip_word(s, 0);
    return (s.b ^ s.d) & t->head_mask;
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

static void list_join(struct nrs_open_flows *t, struct nrs_open_flow *e, enum nrs_open_list list,
                      uint32_t now_ms)
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

struct nrs_open_flow *nrs_open_flows_add(struct nrs_open_flows *t, const struct nrs_open_key *k,
                                         bool local_is_src, enum nrs_open_list list, uint32_t now_ms)
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

static enum nrs_open_list longest(const struct nrs_open_flows *t, enum nrs_open_list first,
                                  enum nrs_open_list last)
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
