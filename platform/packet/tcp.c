/* TCP flows from their control segments.
 *
 * Sizes: a side's payload is the position of its FIN minus its initial sequence number minus one (the SYN
 * counts as one), modulo 2^32; loss, repetition and reordering of data do not disturb it. An entry's tx and
 * rx hold the initial sequence number until the FIN turns it into the size; a FIN seen first leaves its
 * position there.
 *
 * Who opened a flow is `remote` for inbound flows, else `local`; the tag holds the low bits of the opener's
 * initial sequence number, so that a repeated SYN differs from a new use of the same ports. */
#include "platform/packet/tcp.h"

#include "platform/packet/bytes_be.h"
#include "platform/packet/tls_sni.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, HEADER_MIN = 20 };

#define ANSWERED_DATA_MAX 65535u /* a SYN may carry this much that is acknowledged with it (RFC 7413) */

struct segment {
    uint32_t seq, ack;
    uint32_t payload;
    uint8_t flags;
};

static bool opened_by_local(const struct nrs_open_flow *e)
{
    return e->list != NRS_LIST_IN_TCP;
}

/* The number of bytes between an initial sequence number and the position after the last byte; what cannot be
 * is 0. */
static uint32_t size_between(uint32_t start, uint32_t position)
{
    uint32_t n = position - start - 1;

    return n > INT32_MAX ? 0 : n;
}

static void side_begins(struct nrs_open_flow *e, bool is_local, uint32_t start)
{
    if (is_local && !e->tx_began) {
        e->tx = e->tx_ended ? e->tx - start - 1 : start;
        e->tx_began = 1;
    } else if (!is_local && !e->rx_began) {
        e->rx = e->rx_ended ? e->rx - start - 1 : start;
        e->rx_began = 1;
    }
}

static void side_ends(struct nrs_open_flow *e, bool is_local, uint32_t position)
{
    if (is_local && !e->tx_ended) {
        e->tx = e->tx_began ? position - e->tx - 1 : position;
        e->tx_ended = 1;
    } else if (!is_local && !e->rx_ended) {
        e->rx = e->rx_began ? position - e->rx - 1 : position;
        e->rx_ended = 1;
    }
}

/* After an abort: at least so much was sent. */
static void side_reached(struct nrs_open_flow *e, bool is_local, uint32_t position)
{
    uint32_t start = is_local ? e->tx : e->rx;

    if (is_local ? e->tx_began && !e->tx_ended : e->rx_began && !e->rx_ended)
        side_ends(e, is_local, start + 1 + size_between(start, position));
}

/* Whether this acknowledges our SYN that is still unanswered. */
static bool answers_syn(const struct nrs_open_flow *e, const struct segment *s)
{
    return (s->flags & ACK) && e->tx_began && s->ack - e->tx - 1 <= ANSWERED_DATA_MAX;
}

/* The ports are used again: what had them is over, and we missed how. */
static void supersede(struct nrs_one_packet *k, struct nrs_open_flow *e)
{
    if (e->list != NRS_LIST_DONE)
        nrs_packet_close(k, e, e->list == NRS_LIST_HALF ? NRS_END_TIMEOUT : NRS_END_UNKNOWN);
    nrs_open_flows_remove(&k->p->flows, e);
}

static void on_syn(struct nrs_one_packet *k, const struct segment *s, struct nrs_open_flow *e,
                   bool from_local)
{
    if (nrs_packet_comes_in(k))
        return;
    if (e && from_local == opened_by_local(e) && e->tag == NRS_OPEN_TAG(s->seq)) {
        if (e->list == NRS_LIST_HALF)
            nrs_open_flows_touch(&k->p->flows, e, NRS_LIST_HALF, k->now_ms);
        return;
    }
    if (e && e->list == NRS_LIST_HALF && !from_local) /* both ends opened at once: the SYN-ACKs decide */
        return;
    if (e)
        supersede(k, e);
    e = nrs_packet_open(k, true, NRS_LIST_HALF);
    if (!e)
        return;
    e->tag = NRS_OPEN_TAG(s->seq);
    side_begins(e, true, s->seq);
}

/* A flow whose SYN was not kept: inbound, or before the capture. */
static void open_answered(struct nrs_one_packet *k, const struct segment *s)
{
    bool inbound = k->way != NRS_WAY_UNKNOWN;
    struct nrs_open_flow *e = nrs_packet_open(k, inbound, inbound ? NRS_LIST_IN_TCP : NRS_LIST_TCP);

    if (!e)
        return;
    e->tag = NRS_OPEN_TAG(s->ack - 1);
    side_begins(e, inbound, s->seq);
    side_begins(e, !inbound, s->ack - 1);
}

static void on_syn_ack(struct nrs_one_packet *k, const struct segment *s, struct nrs_open_flow *e,
                       bool from_local)
{
    bool same_opening = e && from_local != opened_by_local(e) && e->tag == NRS_OPEN_TAG(s->ack - 1);

    if (e && e->list == NRS_LIST_HALF) {
        if (from_local || !answers_syn(e, s))
            return;
        side_begins(e, false, s->seq);
        nrs_open_flows_touch(&k->p->flows, e, NRS_LIST_TCP, k->now_ms);
    } else if (same_opening && e->list != NRS_LIST_DONE) {
        side_begins(e, from_local, s->seq);
    } else if (!same_opening && !nrs_packet_comes_in(k)) {
        if (e)
            supersede(k, e);
        open_answered(k, s);
    }
}

static void on_fin(struct nrs_one_packet *k, const struct segment *s, struct nrs_open_flow *e,
                   bool from_local)
{
    side_ends(e, from_local, s->seq + s->payload);
    if (e->tx_ended && e->rx_ended)
        nrs_packet_close(k, e, NRS_END_FIN);
    else
        nrs_open_flows_touch(&k->p->flows, e, opened_by_local(e) ? NRS_LIST_CLOSING : NRS_LIST_IN_TCP,
                             k->now_ms);
}

/* While our SYN is unanswered, only a reset that answers it counts: the host resets stray answers to an
 * earlier use of the ports, and then repeats its SYN. */
static void on_rst(struct nrs_one_packet *k, const struct segment *s, struct nrs_open_flow *e,
                   bool from_local)
{
    if (e->list == NRS_LIST_HALF) {
        if (from_local ? s->seq == e->tx + 1 : answers_syn(e, s))
            nrs_packet_close(k, e, from_local ? NRS_END_RST : NRS_END_REFUSED);
        return;
    }
    side_reached(e, from_local, s->seq + s->payload);
    if (s->flags & ACK)
        side_reached(e, !from_local, s->ack);
    nrs_packet_close(k, e, NRS_END_RST);
}

static void control(struct nrs_one_packet *k, const struct segment *s)
{
    bool from_local = false;
    struct nrs_open_flow *e;

    nrs_packet_key(k, nrs_get_u16be(k->ip.body), nrs_get_u16be(k->ip.body + 2));
    e = nrs_open_flows_find(&k->p->flows, &k->key, &from_local);
    if (s->flags & SYN) {
        if (s->flags & ACK)
            on_syn_ack(k, s, e, from_local);
        else
            on_syn(k, s, e, from_local);
    } else if (e && e->list != NRS_LIST_DONE) {
        if (s->flags & RST)
            on_rst(k, s, e, from_local);
        else
            on_fin(k, s, e, from_local);
    }
}

/* Most segments are decided by one byte. Only what leaves counts: a ClientHello that arrives names our own
 * server. */
static bool may_name(const struct nrs_one_packet *k, size_t header)
{
    return k->p->names && k->ip.body_cap > header && k->ip.body[header] == NRS_TLS_HANDSHAKE &&
           !nrs_packet_comes_in(k);
}

static void look_for_name(struct nrs_one_packet *k, size_t header)
{
    char name[NRS_SNI_MAX + 1];
    struct nrs_addr server;

    if (!nrs_tls_sni(name, k->ip.body + header, k->ip.body_cap - header)) {
        k->p->stats.skipped++;
        return;
    }
    nrs_ip_addr(&server, k->ip.dst, k->ip.version);
    nrs_packet_name(k, &server, name);
}

void nrs_tcp_take(struct nrs_one_packet *k)
{
    const uint8_t *h = k->ip.body;
    size_t header;
    uint8_t flags;

    if (k->ip.body_cap < HEADER_MIN) {
        k->p->stats.malformed++;
        return;
    }
    header = (size_t)(h[12] >> 4) * 4;
    flags = h[13] & (FIN | SYN | RST | ACK);
    if (header < HEADER_MIN || header > k->ip.body_wire || (flags & (FIN | SYN | RST)) == (FIN | SYN) ||
        (flags & (SYN | RST)) == (SYN | RST)) {
        k->p->stats.malformed++;
    } else if (!(flags & (FIN | SYN | RST))) {
        if (may_name(k, header))
            look_for_name(k, header);
        else
            k->p->stats.skipped++;
    } else if (k->ip.fragment) { /* its length, and so the position of the FIN, is not known */
        k->p->stats.skipped++;
    } else {
        control(k, &(struct segment){nrs_get_u32be(h + 4), nrs_get_u32be(h + 8),
                                     (uint32_t)(k->ip.body_wire - header), flags});
    }
}

void nrs_tcp_unreachable(struct nrs_one_packet *k, uint32_t seq)
{
    bool from_local = false;
    struct nrs_open_flow *e = nrs_open_flows_find(&k->p->flows, &k->key, &from_local);

    if (e && from_local && e->list == NRS_LIST_HALF && e->tx == seq)
        nrs_packet_close(k, e, NRS_END_REFUSED);
}
