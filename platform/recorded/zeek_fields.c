#include "platform/recorded/zeek_fields.h"

#include <string.h>

#include "models/base/units.h"
#include "platform/recorded/addr_text.h"
#include "platform/recorded/count_text.h"
#include "platform/recorded/time_text.h"

#define BIT(f) (1u << (f))
#define REQUIRED                                                                                             \
    (BIT(NRS_ZEEK_TS) | BIT(NRS_ZEEK_ORIG_H) | BIT(NRS_ZEEK_RESP_H) | BIT(NRS_ZEEK_RESP_P) |                 \
     BIT(NRS_ZEEK_PROTO))
#define BYTES_MAX UINT64_C(1000000000000000000)
#define BYTES     (BIT(NRS_ZEEK_ORIG_BYTES) | BIT(NRS_ZEEK_RESP_BYTES))

/* Words are compared by length first: most columns and states are told apart by it. */
struct word {
    const char *text;
    size_t len;
};
#define WORD(w) (w), sizeof(w) - 1

static const struct word field_name[NRS_ZEEK_FIELDS] = {
    [NRS_ZEEK_TS] = {WORD("ts")},
    [NRS_ZEEK_ORIG_H] = {WORD("id.orig_h")},
    [NRS_ZEEK_RESP_H] = {WORD("id.resp_h")},
    [NRS_ZEEK_RESP_P] = {WORD("id.resp_p")},
    [NRS_ZEEK_PROTO] = {WORD("proto")},
    [NRS_ZEEK_ORIG_P] = {WORD("id.orig_p")},
    [NRS_ZEEK_DURATION] = {WORD("duration")},
    [NRS_ZEEK_ORIG_BYTES] = {WORD("orig_bytes")},
    [NRS_ZEEK_RESP_BYTES] = {WORD("resp_bytes")},
    [NRS_ZEEK_CONN_STATE] = {WORD("conn_state")},
    [NRS_ZEEK_IP_PROTO] = {WORD("ip_proto")},
};

/* Zeek's documentation of conn.log describes each state (base/protocols/conn/main.zeek). For UDP Zeek uses SF
 * (both sides sent), S0 (only the originator) and SHR (only the responder). */
static const struct {
    struct word name;
    uint8_t end;
} states[] = {
    {{WORD("SF")}, NRS_END_FIN},         /* established and finished */
    {{WORD("S0")}, NRS_END_TIMEOUT},     /* attempt seen, no reply */
    {{WORD("S1")}, NRS_END_OPEN},        /* established, not finished */
    {{WORD("S2")}, NRS_END_FIN},         /* the originator closed its side, the responder did not answer it */
    {{WORD("S3")}, NRS_END_FIN},         /* the responder closed its side, the originator did not answer it */
    {{WORD("REJ")}, NRS_END_REFUSED},    /* attempt rejected */
    {{WORD("RSTO")}, NRS_END_RST},       /* established, the originator aborted */
    {{WORD("RSTR")}, NRS_END_RST},       /* the responder aborted */
    {{WORD("OTH")}, NRS_END_UNKNOWN},    /* midstream traffic; also what ICMP has */
    {{WORD("SH")}, NRS_END_TIMEOUT},     /* SYN, then FIN of the originator; never a SYN-ACK */
    {{WORD("SHR")}, NRS_END_FIN},        /* SYN-ACK, then FIN of the responder; the originator was not seen */
    {{WORD("RSTOS0")}, NRS_END_TIMEOUT}, /* SYN, then RST of the originator: it gave up waiting */
    {{WORD("RSTRH")}, NRS_END_RST},      /* SYN-ACK, then RST of the responder */
};

static const struct {
    struct word name;
    uint8_t proto;
} protos[] = {{{WORD("tcp")}, NRS_PROTO_TCP},
              {{WORD("udp")}, NRS_PROTO_UDP},
              {{WORD("icmp")}, NRS_PROTO_ICMP},
              {{WORD("unknown_transport")}, 0}};

static bool same(const char *text, size_t len, const struct word *w)
{
    return w->len == len && memcmp(w->text, text, len) == 0;
}

static bool read_time(const char *text, size_t len, uint64_t *ns)
{
    return nrs_time_seconds(text, len, ns) || nrs_time_iso(text, len, ns);
}

static bool read_duration(const char *text, size_t len, uint32_t *ms)
{
    uint64_t ns;

    if (!nrs_time_seconds(text, len, &ns))
        return false;
    ns /= NRS_NS_PER_MS;
    *ms = ns < NRS_DUR_UNKNOWN ? (uint32_t)ns : NRS_DUR_UNKNOWN - 1;
    return true;
}

static bool read_byte(const char *text, size_t len, uint8_t *value)
{
    uint64_t v;

    if (!nrs_count_text(text, len, UINT8_MAX, &v))
        return false;
    *value = (uint8_t)v;
    return true;
}

static bool read_proto(const char *text, size_t len, uint8_t *proto)
{
    size_t i;

    for (i = 0; i < sizeof protos / sizeof *protos; i++) {
        if (same(text, len, &protos[i].name)) {
            *proto = protos[i].proto;
            return true;
        }
    }
    return read_byte(text, len, proto);
}

/* A state that we do not know (a newer Zeek) tells nothing, but the connection took place. */
static uint8_t end_of_state(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < sizeof states / sizeof *states; i++) {
        if (same(text, len, &states[i].name))
            return states[i].end;
    }
    return NRS_END_UNKNOWN;
}

enum nrs_zeek_field nrs_zeek_field_of(const char *name, size_t len)
{
    enum nrs_zeek_field f;

    for (f = NRS_ZEEK_NONE + 1; f < NRS_ZEEK_FIELDS; f++) {
        if (same(name, len, &field_name[f]))
            return f;
    }
    return NRS_ZEEK_NONE;
}

const char *nrs_zeek_field_name(enum nrs_zeek_field f)
{
    return field_name[f].text;
}

void nrs_zeek_begin(struct nrs_zeek_record *rec)
{
    *rec = (struct nrs_zeek_record){.flow = {.dur_ms = NRS_DUR_UNKNOWN,
                                             .weight = 1,
                                             .uid = NRS_ID_UNKNOWN,
                                             .ev = NRS_EV_WHOLE,
                                             .dir = NRS_DIR_OUT,
                                             .end = NRS_END_UNKNOWN}};
}

const char *nrs_zeek_take(struct nrs_zeek_record *rec, enum nrs_zeek_field f, const char *text, size_t len)
{
    struct nrs_flow *flow = &rec->flow;

    rec->seen |= BIT(f);
    switch (f) {
    case NRS_ZEEK_TS: return read_time(text, len, &flow->t_ns) ? NULL : "not a time";
    case NRS_ZEEK_ORIG_H: return nrs_addr_text(&flow->local, text, len) ? NULL : "not an address";
    case NRS_ZEEK_RESP_H: return nrs_addr_text(&flow->remote, text, len) ? NULL : "not an address";
    case NRS_ZEEK_ORIG_P: return nrs_port_text(text, len, &flow->lport) ? NULL : "not a port";
    case NRS_ZEEK_RESP_P: return nrs_port_text(text, len, &flow->rport) ? NULL : "not a port";
    case NRS_ZEEK_PROTO: return read_proto(text, len, &flow->proto) ? NULL : "not a protocol";
    case NRS_ZEEK_DURATION: return read_duration(text, len, &flow->dur_ms) ? NULL : "not a time span";
    case NRS_ZEEK_ORIG_BYTES:
        return nrs_count_text(text, len, BYTES_MAX, &flow->tx_bytes) ? NULL : "not a count";
    case NRS_ZEEK_RESP_BYTES:
        return nrs_count_text(text, len, BYTES_MAX, &flow->rx_bytes) ? NULL : "not a count";
    case NRS_ZEEK_CONN_STATE: flow->end = end_of_state(text, len); return NULL;
    case NRS_ZEEK_IP_PROTO: return read_byte(text, len, &rec->ip_proto) ? NULL : "not a protocol number";
    default: return NULL;
    }
}

/* Zeek calls both ICMPs "icmp" and has one word for everything that is not TCP, UDP or ICMP. */
static uint8_t exact_proto(const struct nrs_zeek_record *rec)
{
    if (rec->flow.proto == 0)
        return rec->ip_proto;
    if (rec->flow.proto == NRS_PROTO_ICMP && !nrs_addr_is_v4(&rec->flow.remote))
        return NRS_PROTO_ICMP6;
    return rec->flow.proto;
}

enum nrs_zeek_field nrs_zeek_finish(struct nrs_zeek_record *rec)
{
    uint32_t missing = REQUIRED & ~rec->seen;
    enum nrs_zeek_field f;

    if (missing) {
        for (f = NRS_ZEEK_TS; !(missing & BIT(f)); f++)
            ;
        return f;
    }
    rec->flow.proto = exact_proto(rec);
    if ((rec->seen & BYTES) == BYTES)
        rec->flow.flags |= NRS_F_BYTES;
    else
        rec->flow.tx_bytes = rec->flow.rx_bytes = 0;
    return NRS_ZEEK_NONE;
}
