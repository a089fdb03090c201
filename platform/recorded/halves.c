#include "platform/recorded/halves.h"

#include <stdbool.h>
#include <string.h>

#include "models/base/units.h"

#define TCP_FIN     0x01
#define TCP_SYN     0x02
#define TCP_RST     0x04
#define TCP_ACK     0x10
#define WAIT_NS     (NRS_HALVES_WAIT_S * NRS_NS_PER_S)
#define SYSTEM_PORT 1024

static uint64_t end_ns(const struct nrs_flow *f)
{
    return f->t_ns + (f->dur_ms != NRS_DUR_UNKNOWN ? (uint64_t)f->dur_ms * 1000000 : 0);
}

static bool is_reverse(const struct nrs_flow *a, const struct nrs_flow *b)
{
    return a->proto == b->proto && a->lport == b->rport && a->rport == b->lport &&
           memcmp(&a->local, &b->remote, sizeof a->local) == 0 &&
           memcmp(&a->remote, &b->local, sizeof a->local) == 0;
}

static bool is_same_way(const struct nrs_flow *a, const struct nrs_flow *b)
{
    return a->proto == b->proto && a->lport == b->lport && a->rport == b->rport &&
           memcmp(&a->local, &b->local, sizeof a->local) == 0 &&
           memcmp(&a->remote, &b->remote, sizeof a->local) == 0;
}

/* Both directions have to come into one set. */
static struct nrs_half *set_of(struct nrs_halves *h, const struct nrs_flow *f)
{
    uint32_t sum = (uint32_t)f->lport + f->rport + f->proto, i;

    for (i = 0; i < 16; i++)
        sum += (uint32_t)(f->local.b[i] + f->remote.b[i]) << (i & 7);
    return h->half[sum * UINT32_C(2654435761) >> 22];
}

static bool within_wait(const struct nrs_flow *a, const struct nrs_flow *b)
{
    return a->t_ns <= end_ns(b) + WAIT_NS && b->t_ns <= end_ns(a) + WAIT_NS;
}

static void set_duration(struct nrs_flow *f, uint64_t until_ns)
{
    uint64_t ms = until_ns > f->t_ns ? (until_ns - f->t_ns) / 1000000 : 0;

    f->dur_ms = ms < NRS_DUR_UNKNOWN ? (uint32_t)ms : NRS_DUR_UNKNOWN - 1;
}

static void extend(struct nrs_half *half, const struct nrs_half *more)
{
    uint64_t until_ns = end_ns(&half->flow) > end_ns(&more->flow) ? end_ns(&half->flow) : end_ns(&more->flow);

    if (more->flow.t_ns < half->flow.t_ns)
        half->flow.t_ns = more->flow.t_ns;
    half->flow.tx_bytes += more->flow.tx_bytes;
    half->flow.rx_bytes += more->flow.rx_bytes;
    half->flow.flags |= more->flow.flags;
    if (half->flow.dur_ms != NRS_DUR_UNKNOWN || more->flow.dur_ms != NRS_DUR_UNKNOWN)
        set_duration(&half->flow, until_ns);
    if (half->flags >= 0 && more->flags >= 0)
        half->flags |= more->flags;
}

/* flags: of the originator, back: of the answer, -1 = unknown. */
static uint8_t end_of(int flags, int back)
{
    if (flags < 0)
        return NRS_END_UNKNOWN;
    if (back >= 0 && back & TCP_RST && !(back & TCP_SYN))
        return NRS_END_REFUSED;
    if (!(flags & TCP_SYN))
        return NRS_END_UNKNOWN; /* its beginning was not seen */
    if ((flags | (back < 0 ? 0 : back)) & TCP_RST)
        return NRS_END_RST;
    return flags & TCP_FIN ? NRS_END_FIN : NRS_END_OPEN;
}

static void turn(struct nrs_flow *f)
{
    struct nrs_flow was = *f;

    f->local = was.remote;
    f->remote = was.local;
    f->lport = was.rport;
    f->rport = was.lport;
    f->tx_bytes = was.rx_bytes;
    f->rx_bytes = was.tx_bytes;
}

static void deliver_pair(const struct nrs_half *a, const struct nrs_half *b, nrs_flow_fn fn, void *arg)
{
    bool a_first = a->flow.t_ns != b->flow.t_ns ? a->flow.t_ns < b->flow.t_ns : a->flow.lport > b->flow.lport;
    const struct nrs_half *orig = a_first ? a : b, *back = a_first ? b : a;
    struct nrs_flow f = orig->flow;

    f.rx_bytes = back->flow.tx_bytes;
    if (f.dur_ms != NRS_DUR_UNKNOWN && end_ns(&back->flow) > end_ns(&f))
        set_duration(&f, end_ns(&back->flow));
    f.end = f.proto == NRS_PROTO_TCP   ? end_of(orig->flags, back->flags)
            : f.proto == NRS_PROTO_UDP ? NRS_END_FIN
                                       : NRS_END_UNKNOWN;
    fn(arg, &f, NULL);
}

static void deliver_alone(const struct nrs_half *half, nrs_flow_fn fn, void *arg)
{
    struct nrs_flow f = half->flow;
    bool answer = f.lport < SYSTEM_PORT && f.rport >= SYSTEM_PORT;

    f.end = f.proto == NRS_PROTO_TCP ? end_of(half->flags, -1) : NRS_END_UNKNOWN;
    if (answer)
        turn(&f);
    else if (f.rx_bytes == 0 && (f.proto == NRS_PROTO_UDP || (half->flags >= 0 && !(half->flags & TCP_ACK))))
        f.end = NRS_END_TIMEOUT;
    fn(arg, &f, NULL);
}

static void give_up(struct nrs_half *half, nrs_flow_fn fn, void *arg)
{
    deliver_alone(half, fn, arg);
    half->flow.weight = 0;
}

static void sweep(struct nrs_halves *h, nrs_flow_fn fn, void *arg)
{
    struct nrs_half *set = h->half[h->swept++ % NRS_HALVES_SETS];
    int i;

    for (i = 0; i < NRS_HALVES_WAYS; i++) {
        if (set[i].flow.weight && end_ns(&set[i].flow) + WAIT_NS < h->now_ns)
            give_up(&set[i], fn, arg);
    }
}

void nrs_halves_take(struct nrs_halves *h, const struct nrs_half *half, nrs_flow_fn fn, void *arg)
{
    struct nrs_half *set = set_of(h, &half->flow), *place = &set[0];
    int i;

    if (half->flow.t_ns > h->now_ns)
        h->now_ns = half->flow.t_ns;
    sweep(h, fn, arg);
    for (i = 0; i < NRS_HALVES_WAYS; i++) {
        struct nrs_half *known = &set[i];

        if (known->flow.weight && within_wait(&known->flow, &half->flow)) {
            if (is_reverse(&known->flow, &half->flow)) {
                deliver_pair(known, half, fn, arg);
                known->flow.weight = 0;
                return;
            }
            if (is_same_way(&known->flow, &half->flow)) {
                extend(known, half);
                return;
            }
        }
        if (place->flow.weight && (!known->flow.weight || known->flow.t_ns < place->flow.t_ns))
            place = known;
    }
    if (place->flow.weight)
        give_up(place, fn, arg);
    *place = *half;
}

void nrs_halves_end(struct nrs_halves *h, nrs_flow_fn fn, void *arg)
{
    int s, i;

    for (s = 0; s < NRS_HALVES_SETS; s++) {
        for (i = 0; i < NRS_HALVES_WAYS; i++) {
            if (h->half[s][i].flow.weight)
                give_up(&h->half[s][i], fn, arg);
        }
    }
}
