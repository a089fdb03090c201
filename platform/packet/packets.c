/* The parser's two entries: a packet, which goes to its transport; the time, which closes silent flows. */
#include <errno.h>
#include <string.h>

#include "models/base/units.h"
#include "platform/packet/datagram.h"
#include "platform/packet/icmp.h"
#include "platform/packet/one_packet.h"
#include "platform/packet/tcp.h"

#define LINGER_S     2       /* how long a finished flow still swallows its late duplicates */
#define CLOSING_S    120     /* one FIN and then silence; Linux connection tracking uses the same */
#define TIME_MAX_S   1000000 /* keeps ages far from the wrap of the millisecond clock */
#define MAX_OPEN_MIN 16
#define MAX_OPEN_MAX 1048576

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value ? value : fallback;
}

/* The table's entries start at the next multiple of a cache line, which is their size. */
static size_t head_bytes(void)
{
    return (sizeof(struct nrs_packets) + 63) / 64 * 64;
}

size_t nrs_packets_bytes(const struct nrs_packets_conf *c)
{
    return head_bytes() + nrs_open_flows_bytes(or_default(c->max_open, 4096));
}

int nrs_packets_init(struct nrs_packets **out, void *mem, size_t len, const struct nrs_packets_conf *c)
{
    struct nrs_packets *p = mem;
    uint32_t cap = or_default(c->max_open, 4096);
    uint32_t udp_ms = or_default(c->udp_idle_s, 60) * 1000;
    uint32_t tcp_ms = or_default(c->tcp_idle_s, NRS_S_PER_DAY) * 1000;

    if (cap < MAX_OPEN_MIN || cap > MAX_OPEN_MAX || c->udp_idle_s > TIME_MAX_S ||
        c->tcp_silent_s > TIME_MAX_S || c->tcp_idle_s > TIME_MAX_S)
        return -EINVAL;
    if (len < nrs_packets_bytes(c))
        return -ENOMEM;
    memset(p, 0, sizeof *p);
    nrs_open_flows_init(&p->flows, (uint8_t *)mem + head_bytes(), cap, c->hash_key);
    p->names = c->names;
    p->timeout_ms[NRS_LIST_DONE] = LINGER_S * 1000;
    p->timeout_ms[NRS_LIST_IN_DATAGRAM] = p->timeout_ms[NRS_LIST_DATAGRAM] = udp_ms;
    p->timeout_ms[NRS_LIST_IN_TCP] = p->timeout_ms[NRS_LIST_TCP] = tcp_ms;
    p->timeout_ms[NRS_LIST_HALF] = or_default(c->tcp_silent_s, 75) * 1000;
    p->timeout_ms[NRS_LIST_CLOSING] = CLOSING_S * 1000;
    *out = p;
    return 0;
}

static uint32_t to_ms(const struct nrs_packets *p, uint64_t t_ns)
{
    return (uint32_t)((t_ns - p->base_ns) / NRS_NS_PER_MS);
}

void nrs_packets_take(struct nrs_packets *p, const uint8_t *ip, size_t cap_len, size_t wire_len,
                      uint64_t t_ns, enum nrs_way way, uint32_t ifindex, nrs_flow_fn fn, void *arg)
{
    struct nrs_one_packet k = {.p = p, .t_ns = t_ns, .way = way, .ifindex = ifindex, .fn = fn, .arg = arg};

    p->stats.packets++;
    switch (nrs_ip_parse(&k.ip, ip, cap_len, wire_len)) {
    case NRS_IP_OK: break;
    case NRS_IP_SKIP: p->stats.skipped++; return;
    case NRS_IP_BAD: p->stats.malformed++; return;
    }
    if (!p->base_ns)
        p->base_ns = t_ns;
    k.now_ms = to_ms(p, t_ns);
    switch (k.ip.proto) {
    case NRS_PROTO_TCP: nrs_tcp_take(&k); break;
    case NRS_PROTO_UDP: nrs_udp_take(&k); break;
    case NRS_PROTO_ICMP:
    case NRS_PROTO_ICMP6: nrs_icmp_take(&k); break;
    default: p->stats.skipped++;
    }
}

static enum nrs_end end_of_silence(const struct nrs_open_flow *e)
{
    switch (e->list) {
    case NRS_LIST_HALF: return NRS_END_TIMEOUT;
    case NRS_LIST_CLOSING: return NRS_END_FIN;
    case NRS_LIST_IN_DATAGRAM:
    case NRS_LIST_DATAGRAM: return e->tx_began && e->rx_began ? NRS_END_FIN : NRS_END_TIMEOUT;
    default: return NRS_END_UNKNOWN;
    }
}

static void expire_one(struct nrs_packets *p, struct nrs_open_flow *e, uint64_t now_ns, enum nrs_end end,
                       nrs_flow_fn fn, void *arg)
{
    uint64_t age_ns = (uint64_t)nrs_open_flows_age_ms(to_ms(p, now_ns), e->last_ms) * NRS_NS_PER_MS;

    if (e->list != NRS_LIST_DONE)
        nrs_packet_report_close(p, e, now_ns - age_ns, e->last_ms, 0, end, fn, arg);
    nrs_open_flows_remove(&p->flows, e);
}

void nrs_packets_expire(struct nrs_packets *p, uint64_t now_ns, nrs_flow_fn fn, void *arg)
{
    uint32_t now_ms = to_ms(p, now_ns);

    for (int l = 0; l < NRS_LISTS; l++) {
        struct nrs_open_flow *e;

        while ((e = nrs_open_flows_oldest(&p->flows, (enum nrs_open_list)l)) != NULL &&
               nrs_open_flows_age_ms(now_ms, e->last_ms) >= p->timeout_ms[l])
            expire_one(p, e, now_ns, end_of_silence(e), fn, arg);
    }
}

void nrs_packets_flush(struct nrs_packets *p, uint64_t now_ns, nrs_flow_fn fn, void *arg)
{
    for (int l = 0; l < NRS_LISTS; l++) {
        struct nrs_open_flow *e;

        while ((e = nrs_open_flows_oldest(&p->flows, (enum nrs_open_list)l)) != NULL)
            expire_one(p, e, now_ns, NRS_END_OPEN, fn, arg);
    }
}

void nrs_packets_stats(const struct nrs_packets *p, struct nrs_packets_stats *st)
{
    *st = p->stats;
    st->open = nrs_open_flows_count(&p->flows);
}
