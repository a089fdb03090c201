#include "platform/linux/proc_sockets.h"

#include <string.h>

#include "models/base/units.h"
#include "platform/packet/ip.h"

#define NS_PER_MS    1000000ull
#define TIME_WAIT_NS (60 * NRS_NS_PER_S) /* TCP_TIMEWAIT_LEN, a constant of the kernel */
#define SLACK_MS     500u /* how wrong the end of a TIME_WAIT may be: clock ticks, and being preempted */
#define SLACK_NS     (SLACK_MS * NS_PER_MS)

void nrs_proc_sockets_init(struct nrs_proc_sockets *s, void *mem, uint32_t cap, uint64_t hash_key,
                           bool with_loopback, uint32_t tick_hz, uint64_t now_ns)
{
    memset(s, 0, sizeof *s);
    nrs_open_flows_init(&s->known, mem, cap, hash_key);
    s->with_loopback = with_loopback;
    s->tick_hz = tick_hz;
    s->base_ns = now_ns > TIME_WAIT_NS ? now_ns - TIME_WAIT_NS : 0;
}

static uint32_t to_ms(const struct nrs_proc_sockets *s, uint64_t t_ns)
{
    return (uint32_t)((t_ns - s->base_ns) / NS_PER_MS);
}

static struct nrs_flow flow_event(const struct nrs_proc_sockets *s, const struct nrs_open_flow *e,
                                  enum nrs_ev ev, uint64_t t_ns)
{
    return (struct nrs_flow){.local = e->local, .remote = e->remote, .lport = e->lport, .rport = e->rport,
                             .proto = (uint8_t)e->proto, .dir = (uint8_t)e->dir, .ev = (uint8_t)ev,
                             .t_ns = t_ns,
                             .flags = NRS_F_DIR_GUESS | NRS_F_T_COARSE, .weight = 1, .uid = NRS_ID_UNKNOWN,
                             .dur_ms = NRS_DUR_UNKNOWN, .join = nrs_open_flows_join(&s->known, e)};
}

static void report_open(struct nrs_proc_sockets *s, struct nrs_open_flow *e, uint64_t t_ns, uint32_t uid)
{
    struct nrs_flow f;

    e->start_ms = to_ms(s, t_ns);
    e->reported = 1;
    f = flow_event(s, e, NRS_EV_OPEN, t_ns);
    f.uid = uid;
    s->fn(s->arg, &f, NULL);
}

static void report_close(struct nrs_proc_sockets *s, const struct nrs_open_flow *e, uint64_t t_ns,
                         enum nrs_end end)
{
    struct nrs_flow f = flow_event(s, e, NRS_EV_CLOSE, t_ns);

    f.end = (uint8_t)end;
    f.dur_ms = nrs_open_flows_age_ms(to_ms(s, t_ns), e->start_ms);
    if (e->reported)
        s->fn(s->arg, &f, NULL);
}

static enum nrs_dir direction(const struct nrs_proc_sockets *s, const struct nrs_open_key *k)
{
    bool inbound = k->proto == NRS_PROTO_TCP && (s->listening[k->sport / 8] >> (k->sport % 8) & 1);

    return inbound ? NRS_DIR_IN : NRS_DIR_OUT;
}

/* Its own end stands in for its start, which is less than a poll period earlier. */
static void report_whole(struct nrs_proc_sockets *s, const struct nrs_open_key *k, uint64_t end_ns)
{
    struct nrs_flow f = {.local = k->src, .remote = k->dst, .lport = k->sport, .rport = k->dport,
                         .proto = k->proto,
                         .ev = NRS_EV_WHOLE, .end = NRS_END_FIN, .t_ns = end_ns, .flags = NRS_F_DIR_GUESS,
                         .dir = (uint8_t)direction(s, k), .weight = 1, .uid = NRS_ID_UNKNOWN,
                         .dur_ms = NRS_DUR_UNKNOWN};

    s->fn(s->arg, &f, NULL);
}

/* NULL while the table is full. */
static struct nrs_open_flow *remember(struct nrs_proc_sockets *s, const struct nrs_open_key *k,
                                      enum nrs_open_list list)
{
    struct nrs_open_flow *e = nrs_open_flows_add(&s->known, k, true, list, to_ms(s, s->poll_ns));

    if (e)
        e->dir = direction(s, k) & 3u;
    else
        s->lost++;
    return e;
}

static enum nrs_open_list list_of(const struct nrs_procnet_socket *socket, uint8_t proto)
{
    if (proto == NRS_PROTO_UDP)
        return NRS_LIST_DATAGRAM;
    return socket->state == NRS_PROCNET_SYN_SENT ? NRS_LIST_HALF : NRS_LIST_TCP;
}

/* It began between the last poll and this one: the middle halves the error. */
static void on_open(struct nrs_proc_sockets *s, const struct nrs_open_key *k,
                    const struct nrs_procnet_socket *socket)
{
    enum nrs_open_list list = list_of(socket, k->proto);
    bool from_local;
    struct nrs_open_flow *e = nrs_open_flows_find(&s->known, k, &from_local);

    if (e && e->list != NRS_LIST_DONE) {
        nrs_open_flows_touch(&s->known, e, list, to_ms(s, s->poll_ns));
        return;
    }
    if (e) /* the ports are in use again */
        nrs_open_flows_remove(&s->known, e);
    e = remember(s, k, list);
    if (e && s->last_poll_ns)
        report_open(s, e, s->last_poll_ns + (s->poll_ns - s->last_poll_ns) / 2, socket->uid);
}

/* In TIME_WAIT and not followed as open. e: an entry that was reported as ended, of this connection or of an
 * earlier one between the same ports; NULL = none. */
static void on_ended(struct nrs_proc_sockets *s, const struct nrs_open_key *k, struct nrs_open_flow *e,
                     uint64_t end_ns)
{
    bool is_new = e ? nrs_open_flows_age_ms(to_ms(s, end_ns), e->start_ms) > SLACK_MS
                    : s->last_poll_ns && end_ns + SLACK_NS > s->last_poll_ns;

    if (is_new)
        report_whole(s, k, end_ns);
    if (!e && end_ns + 2 * SLACK_NS > s->poll_ns)
        e = remember(s, k, NRS_LIST_DONE);
    if (!e)
        return;
    e->start_ms = to_ms(s, end_ns);
    nrs_open_flows_touch(&s->known, e, NRS_LIST_DONE, to_ms(s, s->poll_ns));
}

static void on_time_wait(struct nrs_proc_sockets *s, const struct nrs_open_key *k, uint32_t when_ticks,
                         uint64_t read_ns)
{
    uint64_t left_ns = (uint64_t)when_ticks * NRS_NS_PER_S / s->tick_hz;
    uint64_t end_ns = read_ns + (left_ns < TIME_WAIT_NS ? left_ns : TIME_WAIT_NS) - TIME_WAIT_NS;
    bool from_local;
    struct nrs_open_flow *e = nrs_open_flows_find(&s->known, k, &from_local);

    if (!e || e->list == NRS_LIST_DONE) {
        on_ended(s, k, e, end_ns);
        return;
    }
    report_close(s, e, end_ns, NRS_END_FIN);
    e->start_ms = to_ms(s, end_ns);
    nrs_open_flows_touch(&s->known, e, NRS_LIST_DONE, to_ms(s, s->poll_ns));
}

static bool is_within_machine(const struct nrs_procnet_socket *socket)
{
    return nrs_addr_is_loopback(&socket->local) ||
           memcmp(&socket->local, &socket->remote, sizeof socket->local) == 0;
}

void nrs_proc_sockets_begin(struct nrs_proc_sockets *s, uint64_t now_ns)
{
    s->poll_ns = now_ns;
    s->lost = 0;
    memset(s->listening, 0, sizeof s->listening);
}

void nrs_proc_sockets_take(struct nrs_proc_sockets *s, const struct nrs_procnet_socket *socket, uint8_t proto,
                           uint64_t read_ns)
{
    struct nrs_open_key k = {socket->local, socket->remote, socket->lport, socket->rport, proto};

    if (proto == NRS_PROTO_TCP && socket->state == NRS_PROCNET_LISTEN) {
        s->listening[socket->lport / 8] |= (uint8_t)(1u << (socket->lport % 8));
        return;
    }
    if (socket->rport == 0 || (!s->with_loopback && is_within_machine(socket)))
        return;
    switch (socket->state) {
    case NRS_PROCNET_TIME_WAIT: on_time_wait(s, &k, socket->when_ticks, read_ns); break;
    case NRS_PROCNET_ESTABLISHED:
    case NRS_PROCNET_SYN_SENT:
    case NRS_PROCNET_FIN_WAIT1:
    case NRS_PROCNET_FIN_WAIT2:
    case NRS_PROCNET_CLOSE_WAIT:
    case NRS_PROCNET_LAST_ACK:
    case NRS_PROCNET_CLOSING: on_open(s, &k, socket); break;
    default: break; /* half-open inbound, or not connected */
    }
}

/* Gone means: missing in this poll and in the one before (one alone may be the race of reading a table that
 * changes). It ended between its last sight and the first miss. */
bool nrs_proc_sockets_sweep(struct nrs_proc_sockets *s)
{
    uint32_t missed_ms = to_ms(s, s->last_poll_ns);

    for (int l = 0; s->last_poll_ns && l < NRS_LISTS; l++) {
        struct nrs_open_flow *e = nrs_open_flows_oldest(&s->known, (enum nrs_open_list)l);
        uint32_t unseen_ms = e ? nrs_open_flows_age_ms(missed_ms, e->last_ms) : 0;

        if (!unseen_ms)
            continue;
        if (l != NRS_LIST_DONE)
            report_close(s, e, s->last_poll_ns - unseen_ms * NS_PER_MS / 2,
                       l == NRS_LIST_HALF ? NRS_END_TIMEOUT : NRS_END_UNKNOWN);
        nrs_open_flows_remove(&s->known, e);
        return true;
    }
    return false;
}

uint32_t nrs_proc_sockets_end(struct nrs_proc_sockets *s)
{
    s->last_poll_ns = s->poll_ns;
    return s->lost;
}
