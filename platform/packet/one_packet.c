/* The events of one packet: what every transport opens, closes and names. */
#include "platform/packet/one_packet.h"

#include <string.h>

static struct nrs_flow flow_event(const struct nrs_packets *p, const struct nrs_open_flow *e, enum nrs_ev ev,
                                  uint64_t t_ns, uint32_t ifindex)
{
    return (struct nrs_flow){.local = e->local,
                             .remote = e->remote,
                             .lport = e->lport,
                             .rport = e->rport,
                             .proto = (uint8_t)e->proto,
                             .dir = (uint8_t)e->dir,
                             .ev = (uint8_t)ev,
                             .t_ns = t_ns,
                             .flags = e->forwarded ? NRS_F_FORWARDED : 0,
                             .ifindex = ifindex,
                             .weight = 1,
                             .uid = NRS_ID_UNKNOWN,
                             .dur_ms = NRS_DUR_UNKNOWN,
                             .join = nrs_open_flows_join(&p->flows, e)};
}

static bool sizes_known(const struct nrs_open_flow *e)
{
    if (e->proto == NRS_PROTO_TCP)
        return e->tx_began && e->rx_began && e->tx_ended && e->rx_ended;
    return e->proto != NRS_PROTO_UDP || (e->lport != 443 && e->rport != 443);
}

void nrs_packet_report_close(const struct nrs_packets *p, const struct nrs_open_flow *e, uint64_t t_ns,
                             uint32_t t_ms, uint32_t ifindex, enum nrs_end end, nrs_flow_fn fn, void *arg)
{
    struct nrs_flow f = flow_event(p, e, NRS_EV_CLOSE, t_ns, ifindex);

    f.end = (uint8_t)end;
    f.dur_ms = nrs_open_flows_age_ms(t_ms, e->start_ms);
    if (sizes_known(e)) {
        f.tx_bytes = e->tx;
        f.rx_bytes = e->rx;
        f.flags |= NRS_F_BYTES;
    }
    fn(arg, &f, NULL);
}

void nrs_packet_key(struct nrs_one_packet *k, uint16_t sport, uint16_t dport)
{
    nrs_ip_addr(&k->key.src, k->ip.src, k->ip.version);
    nrs_ip_addr(&k->key.dst, k->ip.dst, k->ip.version);
    k->key.sport = sport;
    k->key.dport = dport;
    k->key.proto = k->ip.proto;
}

static bool is_inbound(enum nrs_open_list list)
{
    return list == NRS_LIST_IN_DATAGRAM || list == NRS_LIST_IN_TCP;
}

static enum nrs_dir direction(const struct nrs_one_packet *k, enum nrs_open_list list)
{
    if (k->way == NRS_WAY_UNKNOWN)
        return NRS_DIR_UNKNOWN;
    if (nrs_addr_is_loopback(&k->key.src) ||
        (k->key.src.b[15] == k->key.dst.b[15] && memcmp(&k->key.src, &k->key.dst, sizeof k->key.src) == 0))
        return NRS_DIR_LOCAL;
    return is_inbound(list) ? NRS_DIR_IN : NRS_DIR_OUT;
}

/* False if nobody may be displaced for this one. */
static bool make_room(struct nrs_one_packet *k, bool for_inbound)
{
    struct nrs_packets *p = k->p;
    struct nrs_open_flow *victim = nrs_open_flows_victim(&p->flows, for_inbound);

    if (!victim || victim->list != NRS_LIST_DONE)
        p->stats.evicted++;
    if (!victim)
        return false;
    if (victim->list != NRS_LIST_DONE) {
        struct nrs_flow f = flow_event(p, victim, NRS_EV_CLOSE, k->t_ns, 0);

        f.end = NRS_END_UNKNOWN;
        k->fn(k->arg, &f, NULL);
    }
    nrs_open_flows_remove(&p->flows, victim);
    return true;
}

struct nrs_open_flow *nrs_packet_open(struct nrs_one_packet *k, bool local_is_src, enum nrs_open_list list)
{
    struct nrs_packets *p = k->p;
    struct nrs_open_flow *e = nrs_open_flows_add(&p->flows, &k->key, local_is_src, list, k->now_ms);
    struct nrs_flow f;

    if (!e && make_room(k, is_inbound(list)))
        e = nrs_open_flows_add(&p->flows, &k->key, local_is_src, list, k->now_ms);
    if (!e)
        return NULL;
    e->dir = direction(k, list) & 3u;
    e->forwarded = k->way == NRS_WAY_FORWARD_OUT || k->way == NRS_WAY_FORWARD_IN;
    e->reported = 1;
    p->stats.opened++;
    f = flow_event(p, e, NRS_EV_OPEN, k->t_ns, k->ifindex);
    k->fn(k->arg, &f, NULL);
    return e;
}

void nrs_packet_close(struct nrs_one_packet *k, struct nrs_open_flow *e, enum nrs_end end)
{
    nrs_packet_report_close(k->p, e, k->t_ns, k->now_ms, k->ifindex, end, k->fn, k->arg);
    if (e->proto == NRS_PROTO_TCP)
        nrs_open_flows_touch(&k->p->flows, e, NRS_LIST_DONE, k->now_ms);
    else
        nrs_open_flows_remove(&k->p->flows, e);
}

void nrs_packet_snap(struct nrs_one_packet *k, const struct nrs_open_flow *e)
{
    struct nrs_flow f = flow_event(k->p, e, NRS_EV_SNAP, k->t_ns, k->ifindex);

    k->fn(k->arg, &f, NULL);
}

void nrs_packet_name(struct nrs_one_packet *k, const struct nrs_addr *remote, const char *name)
{
    struct nrs_flow f = {.remote = *remote,
                         .t_ns = k->t_ns,
                         .ev = NRS_EV_NAME,
                         .weight = 1,
                         .ifindex = k->ifindex,
                         .uid = NRS_ID_UNKNOWN,
                         .dur_ms = NRS_DUR_UNKNOWN};

    k->fn(k->arg, &f, name);
}
