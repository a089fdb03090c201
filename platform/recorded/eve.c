/* Suricata's EVE log: one JSON object a line; only those with event_type "flow" are connections, those with
 * "netflow" one direction of one, the others pass. (Suricata's user guide, "EVE JSON Format", flow and tcp.)
 * Bytes there are those of whole packets; what the headers need at least is taken off, so that sizes mean the
 * same as everywhere else (TCP options stay in).
 *
 *   src_ip dest_ip src_port dest_port proto icmp_type icmp_code
 *   flow.start flow.end flow.bytes_toserver flow.bytes_toclient flow.pkts_toserver flow.pkts_toclient
 *   tcp.tcp_flags tcp.tcp_flags_tc       ; hexadecimal, all flags seen; _tc: to the client */
#include "models/base/hex.h"
#include "models/base/units.h"
#include "platform/recorded/reader.h"

#include "platform/recorded/addr_text.h"
#include "platform/recorded/count_text.h"
#include "platform/recorded/text.h"
#include "platform/recorded/time_text.h"

#define ETHERNET    14 /* bytes of its header */
#define TCP_FIN     0x01
#define TCP_SYN     0x02
#define TCP_RST     0x04
#define BYTES_MAX   UINT64_C(1000000000000000000)
#define PACKETS_MAX UINT64_C(1000000000000000)
#define BIT(f)      (1u << (f))
#define SIZES       (BIT(TO_SERVER) | BIT(TO_CLIENT) | BIT(PACKETS_TO_SERVER) | BIT(PACKETS_TO_CLIENT))

enum field {
    START, /* the first four are required */
    SRC_IP,
    DEST_IP,
    PROTO,
    EVENT_TYPE,
    SRC_PORT,
    DEST_PORT,
    ICMP_TYPE,
    ICMP_CODE,
    END,
    TO_SERVER,
    TO_CLIENT,
    PACKETS_TO_SERVER,
    PACKETS_TO_CLIENT,
    TCP_FLAGS,
    TCP_FLAGS_TO_CLIENT,
    FIELDS
};

/* What netflow events have instead: each is one direction, and the other one follows. */
static const struct {
    const char *path;
    enum field field;
} netflow[] = {{"netflow.start", START},
               {"netflow.end", END},
               {"netflow.bytes", TO_SERVER},
               {"netflow.pkts", PACKETS_TO_SERVER}};

static const char *const paths[FIELDS] = {"flow.start",
                                          "src_ip",
                                          "dest_ip",
                                          "proto",
                                          "event_type",
                                          "src_port",
                                          "dest_port",
                                          "icmp_type",
                                          "icmp_code",
                                          "flow.end",
                                          "flow.bytes_toserver",
                                          "flow.bytes_toclient",
                                          "flow.pkts_toserver",
                                          "flow.pkts_toclient",
                                          "tcp.tcp_flags",
                                          "tcp.tcp_flags_tc"};

static const struct {
    const char *name;
    uint8_t proto;
} protos[] = {{"TCP", NRS_PROTO_TCP},
              {"UDP", NRS_PROTO_UDP},
              {"ICMP", NRS_PROTO_ICMP},
              {"IPv6-ICMP", NRS_PROTO_ICMP6},
              {"SCTP", 132},
              {"GRE", 47},
              {"ESP", 50},
              {"IGMP", 2}};

struct eve_record {
    struct nrs_flow flow;
    uint32_t seen;
    bool is_flow, is_netflow;
    uint64_t end_ns, packets_to_server, packets_to_client;
    unsigned tcp_flags, tcp_flags_to_client;
    enum field bad;
};

static bool same(const struct nrs_json_value *v, const char *word)
{
    return strlen(word) == v->len && memcmp(word, v->text, v->len) == 0;
}

/* Zero for a protocol without a name here, which then is "another one". */
static uint8_t proto_of(const struct nrs_json_value *v)
{
    size_t i;

    for (i = 0; i < sizeof protos / sizeof *protos; i++) {
        if (same(v, protos[i].name))
            return protos[i].proto;
    }
    return 0;
}

/* Two hexadecimal digits. */
static bool read_flags(const struct nrs_json_value *v, unsigned *flags)
{
    size_t i;

    *flags = 0;
    for (i = 0; i < v->len && i < 2; i++) {
        int digit = nrs_hex_value(v->text[i]);

        if (digit < 0)
            return false;
        *flags = *flags << 4 | (unsigned)digit;
    }
    return v->len == 2;
}

static bool take_field(struct eve_record *e, enum field f, const struct nrs_json_value *v)
{
    struct nrs_flow *flow = &e->flow;

    switch (f) {
    case EVENT_TYPE:
        e->is_flow = same(v, "flow");
        e->is_netflow = same(v, "netflow");
        return true;
    case SRC_IP: return nrs_addr_text(&flow->local, v->text, v->len);
    case DEST_IP: return nrs_addr_text(&flow->remote, v->text, v->len);
    case SRC_PORT:
    case ICMP_TYPE: return nrs_port_text(v->text, v->len, &flow->lport);
    case DEST_PORT:
    case ICMP_CODE: return nrs_port_text(v->text, v->len, &flow->rport);
    case PROTO: flow->proto = proto_of(v); return true;
    case START: return nrs_time_iso(v->text, v->len, &flow->t_ns);
    case END: return nrs_time_iso(v->text, v->len, &e->end_ns);
    case TO_SERVER: return nrs_count_text(v->text, v->len, BYTES_MAX, &flow->tx_bytes);
    case TO_CLIENT: return nrs_count_text(v->text, v->len, BYTES_MAX, &flow->rx_bytes);
    case PACKETS_TO_SERVER: return nrs_count_text(v->text, v->len, PACKETS_MAX, &e->packets_to_server);
    case PACKETS_TO_CLIENT: return nrs_count_text(v->text, v->len, PACKETS_MAX, &e->packets_to_client);
    case TCP_FLAGS: return read_flags(v, &e->tcp_flags);
    case TCP_FLAGS_TO_CLIENT: return read_flags(v, &e->tcp_flags_to_client);
    default: return true;
    }
}

static enum field field_of(const struct nrs_json_value *v)
{
    enum field f;
    size_t i;

    for (f = START; f < FIELDS; f++) {
        if (strlen(paths[f]) == v->path_len && memcmp(paths[f], v->path, v->path_len) == 0)
            return f;
    }
    for (i = 0; i < sizeof netflow / sizeof *netflow; i++) {
        if (strlen(netflow[i].path) == v->path_len && memcmp(netflow[i].path, v->path, v->path_len) == 0)
            return netflow[i].field;
    }
    return FIELDS;
}

/* Records of other types are walked too (the type may come last), so a bad value is only remembered here. */
static bool take_member(void *arg, const struct nrs_json_value *v)
{
    struct eve_record *e = arg;
    enum field f = field_of(v);

    if (f == FIELDS || v->type >= NRS_JSON_WORD)
        return true;
    e->seen |= BIT(f);
    if (!take_field(e, f, v) && e->bad == FIELDS)
        e->bad = f;
    return true;
}

static uint8_t end_of(const struct eve_record *e)
{
    if (e->flow.proto != NRS_PROTO_TCP && e->flow.proto != NRS_PROTO_UDP)
        return NRS_END_UNKNOWN;
    if (e->seen & BIT(PACKETS_TO_CLIENT) && e->packets_to_client == 0)
        return NRS_END_TIMEOUT;
    if (e->flow.proto == NRS_PROTO_UDP)
        return NRS_END_FIN;
    if (!(e->seen & BIT(TCP_FLAGS)))
        return NRS_END_UNKNOWN;
    if (e->tcp_flags_to_client & TCP_RST && !(e->tcp_flags_to_client & TCP_SYN))
        return NRS_END_REFUSED;
    if (e->tcp_flags & TCP_RST)
        return NRS_END_RST;
    return e->tcp_flags & TCP_FIN ? NRS_END_FIN : NRS_END_OPEN;
}

static uint64_t without_headers(const struct nrs_flow *f, uint64_t bytes, uint64_t packets)
{
    uint64_t ip = nrs_addr_is_v4(&f->remote) ? 20 : 40;
    uint64_t above = f->proto == NRS_PROTO_TCP ? 20 : f->proto == NRS_PROTO_UDP ? 8 : 0;
    uint64_t headers = packets * (ETHERNET + ip + above);

    return bytes > headers ? bytes - headers : 0;
}

static void finish_sizes(struct eve_record *e)
{
    struct nrs_flow *f = &e->flow;

    if ((e->seen & SIZES) == SIZES) {
        f->tx_bytes = without_headers(f, f->tx_bytes, e->packets_to_server);
        f->rx_bytes = without_headers(f, f->rx_bytes, e->packets_to_client);
        f->flags |= NRS_F_BYTES;
    } else {
        f->tx_bytes = f->rx_bytes = 0;
    }
}

/* All that one direction tells. Flags are those of this direction only in its own "tcp". */
static struct nrs_half half_of(const struct eve_record *e)
{
    struct nrs_half half = {.flow = e->flow, .flags = e->seen & BIT(TCP_FLAGS) ? (int)e->tcp_flags : -1};

    if (e->seen & BIT(TO_SERVER) && e->seen & BIT(PACKETS_TO_SERVER)) {
        half.flow.tx_bytes = without_headers(&e->flow, e->flow.tx_bytes, e->packets_to_server);
        half.flow.flags |= NRS_F_BYTES;
    }
    return half;
}

static void finish_time(struct eve_record *e)
{
    uint64_t ms = e->end_ns >= e->flow.t_ns ? (e->end_ns - e->flow.t_ns) / NRS_NS_PER_MS : NRS_DUR_UNKNOWN;

    if (e->seen & BIT(END) && ms < NRS_DUR_UNKNOWN)
        e->flow.dur_ms = (uint32_t)ms;
}

/* 1 = a flow, 0 = nothing for us, -1 = damaged, and said so. */
static int read_record(struct nrs_recorded *r, const char *line, size_t len, struct eve_record *e)
{
    const char *wrong;
    enum field f;

    *e = (struct eve_record){.bad = FIELDS,
                             .flow = {.dur_ms = NRS_DUR_UNKNOWN,
                                      .weight = 1,
                                      .uid = NRS_ID_UNKNOWN,
                                      .ev = NRS_EV_WHOLE,
                                      .dir = NRS_DIR_OUT}};
    wrong = nrs_json_wrap_scan(&r->wrap, line, len, take_member, e);
    if (wrong) {
        nrs_recorded_damage(r, wrong);
        return -1;
    }
    if (!e->is_flow && !e->is_netflow)
        return 0;
    for (f = START; e->bad == FIELDS && f <= PROTO; f++) {
        if (!(e->seen & BIT(f)))
            e->bad = f;
    }
    if (e->bad != FIELDS) {
        nrs_recorded_damage2(r, paths[e->bad], e->seen & BIT(e->bad) ? "not in its form" : "missing");
        return -1;
    }
    finish_time(e);
    return 1;
}

static bool eve_take(struct nrs_recorded *r, const char *text, size_t len)
{
    struct eve_record e;
    int rc = read_record(r, text, len, &e);

    if (rc > 0 && e.is_netflow) {
        struct nrs_half half = half_of(&e);

        return nrs_text_half(r, &half);
    }
    if (rc > 0) {
        finish_sizes(&e);
        e.flow.end = end_of(&e);
        nrs_text_flow(r, &e.flow, NULL);
    }
    return rc >= 0;
}

const struct nrs_reader nrs_reader_eve = {.format = "eve", .take = eve_take};
