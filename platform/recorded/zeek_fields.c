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
#define BYTES_MAX    UINT64_C(1000000000000000000)
#define BYTES        (BIT(NRS_ZEEK_ORIG_BYTES) | BIT(NRS_ZEEK_RESP_BYTES))
#define NAME_MAX_LEN 253
#define PLACES       (BIT(NRS_ZEEK_LOCAL_ORIG) | BIT(NRS_ZEEK_LOCAL_RESP))

/* Words are compared by length first, because most columns and states differ in it. */
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
    [NRS_ZEEK_LOCAL_ORIG] = {WORD("local_orig")},
    [NRS_ZEEK_LOCAL_RESP] = {WORD("local_resp")},
    [NRS_ZEEK_NAME] = {WORD("query")},
    [NRS_ZEEK_ANSWERS] = {WORD("answers")},
};

/* Columns that only the named log has (Zeek 4 to 7). */
static const struct {
    struct word column;
    const char *log;
} others[] = {
    {{WORD("qtype_name")}, "dns"},       {{WORD("trans_id")}, "dns"},     {{WORD("status_code")}, "http"},
    {{WORD("user_agent")}, "http"},      {{WORD("cipher")}, "ssl"},       {{WORD("server_name")}, "ssl"},
    {{WORD("fuid")}, "files"},           {{WORD("fingerprint")}, "x509"}, {{WORD("note")}, "notice"},
    {{WORD("lease_time")}, "dhcp"},      {{WORD("auth_success")}, "ssh"}, {{WORD("mailfrom")}, "smtp"},
    {{WORD("addl")}, "weird"},           {{WORD("ref_id")}, "ntp"},       {{WORD("failure_reason")}, "dpd"},
    {{WORD("request_type")}, "kerberos"}};

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

/* Seconds, ISO 8601, or with JSON::TS_MILLIS whole milliseconds: 12 digits or more would be the year 5138 in
 * seconds. */
static bool read_time(const char *text, size_t len, uint64_t *ns)
{
    return nrs_time_seconds(text, len, ns) || nrs_time_millis(text, len, ns) || nrs_time_iso(text, len, ns);
}

/* Below zero the clock of the sensor stepped back: as good as unset. */
static bool read_duration(const char *text, size_t len, uint32_t *ms)
{
    uint64_t ns;

    if (len > 1 && text[0] == '-') {
        *ms = NRS_DUR_UNKNOWN;
        return nrs_time_seconds(text + 1, len - 1, &ns);
    }
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

/* A state that we do not know (a newer Zeek) says nothing about the end, but the connection took place. */
static uint8_t end_of_state(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < sizeof states / sizeof *states; i++) {
        if (same(text, len, &states[i].name))
            return states[i].end;
    }
    return NRS_END_UNKNOWN;
}

/* "T" in TSV, true in JSON. */
static bool is_true(const char *text, size_t len)
{
    return len > 0 && (text[0] == 'T' || text[0] == 't');
}

enum nrs_zeek_field nrs_zeek_field_of(const char *name, size_t len)
{
    enum nrs_zeek_field f;

    for (f = NRS_ZEEK_NONE + 1; f < NRS_ZEEK_FIELDS; f++) {
        const struct word *w = &field_name[f];

        if (same(name, len, w) || (w->text[2] == '.' && len == w->len && memcmp(name, "id", 2) == 0 &&
                                   memcmp(name + 3, w->text + 3, len - 3) == 0))
            return f;
    }
    return same(name, len, &(struct word){WORD("server_name")}) ||
                   same(name, len, &(struct word){WORD("host")})
               ? NRS_ZEEK_NAME
               : NRS_ZEEK_NONE;
}

const char *nrs_zeek_other_log(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < sizeof others / sizeof *others; i++) {
        if (same(name, len, &others[i].column))
            return others[i].log;
    }
    return NULL;
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
    case NRS_ZEEK_NAME:
        rec->name = text;
        rec->name_len = len;
        return NULL;
    case NRS_ZEEK_ANSWERS:
        rec->answers = text;
        rec->answers_len = len;
        return NULL;
    case NRS_ZEEK_LOCAL_ORIG: rec->local_orig = is_true(text, len); return NULL;
    case NRS_ZEEK_LOCAL_RESP: rec->local_resp = is_true(text, len); return NULL;
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

static void turn_inbound(struct nrs_flow *f)
{
    struct nrs_flow was = *f;

    f->local = was.remote;
    f->remote = was.local;
    f->lport = was.rport;
    f->rport = was.lport;
    f->tx_bytes = was.rx_bytes;
    f->rx_bytes = was.tx_bytes;
    f->dir = NRS_DIR_IN;
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
    if ((rec->seen & PLACES) == PLACES && !rec->local_orig && rec->local_resp)
        turn_inbound(&rec->flow);
    return NRS_ZEEK_NONE;
}

enum nrs_zeek_names nrs_zeek_names_of(const char *log)
{
    if (strcmp(log, "dns") == 0)
        return NRS_NAMES_OF_ANSWERS;
    return strcmp(log, "ssl") == 0 || strcmp(log, "http") == 0 ? NRS_NAMES_OF_RESPONDER : NRS_NAMES_NONE;
}

static bool is_host_name(const char *name, size_t len)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t i;

    for (i = 0; i < len && memchr(allowed, name[i], sizeof allowed - 1); i++)
        ;
    return len > 0 && len <= NAME_MAX_LEN && i == len;
}

/* Answers are addresses, other names and texts: "a,b" in TSV, "\"a\",\"b\"" in JSON. */
static void name_answers(const struct nrs_zeek_record *rec, struct nrs_flow *f, const char *name,
                         nrs_flow_fn fn, void *arg)
{
    const char *p = rec->answers, *end = p + rec->answers_len;

    while (p < end) {
        const char *start = p;

        while (p < end && !strchr("\", []", *p))
            p++;
        if (p > start && nrs_addr_text(&f->remote, start, (size_t)(p - start)))
            fn(arg, f, name);
        p++;
    }
}

void nrs_zeek_names(const struct nrs_zeek_record *rec, enum nrs_zeek_names names, nrs_flow_fn fn, void *arg)
{
    struct nrs_addr same_address;
    struct nrs_flow f = {.t_ns = rec->flow.t_ns, .remote = rec->flow.remote, .weight = 1, .ev = NRS_EV_NAME};
    char name[NAME_MAX_LEN + 1];

    if (!(rec->seen & BIT(NRS_ZEEK_TS)) || !(rec->seen & BIT(NRS_ZEEK_NAME)) ||
        !is_host_name(rec->name, rec->name_len))
        return;
    memcpy(name, rec->name, rec->name_len);
    name[rec->name_len] = '\0';
    if (nrs_addr_text(&same_address, name, rec->name_len))
        return;
    if (names == NRS_NAMES_OF_ANSWERS && rec->seen & BIT(NRS_ZEEK_ANSWERS))
        name_answers(rec, &f, name, fn, arg);
    else if (names == NRS_NAMES_OF_RESPONDER && rec->seen & BIT(NRS_ZEEK_RESP_H))
        fn(arg, &f, name);
}
