/* UDP, and exchanges of datagrams, which UDP and ICMP echo share: a packet opens them, silence ends them. */
#include "platform/packet/datagram.h"

#include "models/base/units.h"
#include "platform/packet/bytes_be.h"
#include "platform/packet/dns.h"

enum { UDP_HEADER = 8, PORT_DNS = 53, PORT_QUIC = 443 };

#define LONGEST_MS (20u * NRS_MS_PER_DAY) /* an older exchange is cut, well before its clock wraps */

static uint32_t add_saturating(uint32_t a, size_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + (uint32_t)b;
}

static void count(struct nrs_open_flow *e, bool from_local, size_t payload)
{
    if (from_local) {
        e->tx = add_saturating(e->tx, payload);
        e->tx_began = 1;
    } else {
        e->rx = add_saturating(e->rx, payload);
        e->rx_began = 1;
    }
}

/* Silent for too long, also if the caller did not expire it in time, or older than the clock can count. */
static bool is_over(const struct nrs_one_packet *k, const struct nrs_open_flow *e)
{
    return nrs_open_flows_age_ms(k->now_ms, e->last_ms) >= k->p->timeout_ms[e->list] ||
           nrs_open_flows_age_ms(k->now_ms, e->start_ms) >= LONGEST_MS;
}

/* Reports the end at the time of the last packet. */
static void end_earlier(const struct nrs_one_packet *k, struct nrs_open_flow *e)
{
    struct nrs_one_packet last = *k;

    last.t_ns -= (uint64_t)nrs_open_flows_age_ms(k->now_ms, e->last_ms) * NRS_NS_PER_MS;
    last.now_ms = e->last_ms;
    nrs_packet_close(&last, e, e->tx_began && e->rx_began ? NRS_END_FIN : NRS_END_TIMEOUT);
}

static uint32_t minute_of(const struct nrs_open_flow *e, uint32_t t_ms)
{
    return nrs_open_flows_age_ms(t_ms, e->start_ms) / NRS_MS_PER_MIN;
}

/* Sizes are counted on the interface where the exchange began only: a bridge, a VLAN or a bond shows every
 * packet twice. */
struct nrs_open_flow *nrs_datagram_take(struct nrs_one_packet *k, size_t payload)
{
    bool from_local = true, comes_in = nrs_packet_comes_in(k), again;
    struct nrs_open_flow *e = nrs_open_flows_find(&k->p->flows, &k->key, &from_local);

    if (e && is_over(k, e)) {
        end_earlier(k, e);
        e = NULL;
    }
    if (!e) {
        e = nrs_packet_open(k, !comes_in, comes_in ? NRS_LIST_IN_DATAGRAM : NRS_LIST_DATAGRAM);
        if (!e)
            return NULL;
        e->tag = NRS_OPEN_TAG(k->ifindex);
        from_local = !comes_in;
    } else if (minute_of(e, k->now_ms) != minute_of(e, e->last_ms)) {
        nrs_packet_snap(k, e);
    }
    again = e->tag != NRS_OPEN_TAG(k->ifindex);
    count(e, from_local, again ? 0 : payload);
    nrs_open_flows_touch(&k->p->flows, e, (enum nrs_open_list)e->list, k->now_ms);
    return again ? NULL : e;
}

static void report_name(void *arg, const struct nrs_addr *a, const char *name)
{
    nrs_packet_name(arg, a, name);
}

/* A DNS answer is believed if it leaves here, or if we asked before. */
static void look_for_names(struct nrs_one_packet *k, const struct nrs_open_flow *e)
{
    if (!nrs_packet_comes_in(k) || (e->tx_began && e->rport == PORT_DNS))
        (void)nrs_dns_answers(k->ip.body + UDP_HEADER, k->ip.body_cap - UDP_HEADER, report_name, k);
}

static bool is_quic_bulk(const struct nrs_one_packet *k, size_t payload)
{
    const uint8_t *h = k->ip.body;

    return payload > NRS_QUIC_BULK_BYTES && k->ip.body_cap > UDP_HEADER && (h[UDP_HEADER] & 0xc0) == 0x40 &&
           (nrs_get_u16be(h) == PORT_QUIC || nrs_get_u16be(h + 2) == PORT_QUIC);
}

void nrs_udp_take(struct nrs_one_packet *k)
{
    const uint8_t *h = k->ip.body;
    const struct nrs_open_flow *e;
    size_t len;

    if (k->ip.body_cap < UDP_HEADER) {
        k->p->stats.malformed++;
        return;
    }
    len = nrs_get_u16be(h + 4);
    if (len == 0) /* jumbogram */
        len = k->ip.body_wire;
    if (len < UDP_HEADER || (len > k->ip.body_wire && !k->ip.fragment)) {
        k->p->stats.malformed++;
        return;
    }
    if (is_quic_bulk(k, len - UDP_HEADER)) {
        k->p->stats.skipped++;
        return;
    }
    nrs_packet_key(k, nrs_get_u16be(h), nrs_get_u16be(h + 2));
    e = nrs_datagram_take(k, len - UDP_HEADER);
    if (e && k->p->names && k->key.sport == PORT_DNS)
        look_for_names(k, e);
}

void nrs_datagram_unreachable(struct nrs_one_packet *k)
{
    bool from_local = false;
    struct nrs_open_flow *e = nrs_open_flows_find(&k->p->flows, &k->key, &from_local);

    if (e && from_local && e->list == NRS_LIST_DATAGRAM && !e->rx_began)
        nrs_packet_close(k, e, NRS_END_REFUSED);
}
