#include "platform/recorded/exported.h"

#include <strings.h>

#include "platform/recorded/addr_text.h"
#include "platform/recorded/count_text.h"
#include "platform/recorded/halves.h"
#include "platform/recorded/text.h"
#include "platform/recorded/time_text.h"
#include "platform/recorded/zeek_fields.h"

#define BIT(f)    (1u << (f))
#define COUNT_MAX UINT64_C(1000000000000000000)
#define BACK      (BIT(NRS_EXPORTED_BYTES_BACK) | BIT(NRS_EXPORTED_PACKETS_BACK))

static const char *const field_name[NRS_EXPORTED_FIELDS] = {
    [NRS_EXPORTED_START] = "start",
    [NRS_EXPORTED_SRC] = "source address",
    [NRS_EXPORTED_DST] = "destination address",
    [NRS_EXPORTED_PROTO] = "protocol",
    [NRS_EXPORTED_TIME] = "time",
    [NRS_EXPORTED_END] = "end",
    [NRS_EXPORTED_SECONDS] = "duration",
    [NRS_EXPORTED_NANOSECONDS] = "duration",
    [NRS_EXPORTED_SPORT] = "source port",
    [NRS_EXPORTED_DPORT] = "destination port",
    [NRS_EXPORTED_BYTES] = "bytes",
    [NRS_EXPORTED_PACKETS] = "packets",
    [NRS_EXPORTED_BYTES_BACK] = "bytes back",
    [NRS_EXPORTED_PACKETS_BACK] = "packets back",
    [NRS_EXPORTED_FLAGS] = "flags",
    [NRS_EXPORTED_STATE] = "state",
    [NRS_EXPORTED_KIND] = "kind",
};

enum nrs_exported_field nrs_exported_field_of(const struct nrs_exported_name *names, size_t n,
                                              const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0)
            return names[i].field;
    }
    return NRS_EXPORTED_NONE;
}

void nrs_exported_begin(struct nrs_exported *e)
{
    *e = (struct nrs_exported){.flags = -1,
                               .flow = {.dur_ms = NRS_DUR_UNKNOWN,
                                        .weight = 1,
                                        .uid = NRS_ID_UNKNOWN,
                                        .ev = NRS_EV_WHOLE,
                                        .dir = NRS_DIR_OUT,
                                        .end = NRS_END_UNKNOWN}};
}

static bool read_time(const char *text, size_t len, uint64_t *ns)
{
    return nrs_time_seconds(text, len, ns) || nrs_time_millis(text, len, ns) || nrs_time_iso(text, len, ns);
}

static bool read_proto(const char *text, size_t len, uint8_t *proto)
{
    static const struct {
        char name[6];
        uint8_t proto;
    } known[] = {
        {"tcp", NRS_PROTO_TCP}, {"udp", NRS_PROTO_UDP}, {"icmp", NRS_PROTO_ICMP}, {"icmp6", NRS_PROTO_ICMP6}};
    uint64_t v;
    size_t i;

    if (nrs_count_text(text, len, UINT8_MAX, &v)) {
        *proto = (uint8_t)v;
        return true;
    }
    *proto = 0; /* another one */
    for (i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == len && strncasecmp(known[i].name, text, len) == 0)
            *proto = known[i].proto;
    }
    return len > 0;
}

/* nfdump writes flags in the places of UAPRSF or CEUAPRSF; clouds as a number. */
static bool read_flags(const char *text, size_t len, int *flags)
{
    static const char letters[] = "FSRPAUEC";
    uint64_t v;
    size_t i;

    if (nrs_count_text(text, len, UINT8_MAX, &v)) {
        *flags = (int)v;
        return true;
    }
    *flags = 0;
    for (i = 0; i < len; i++) {
        const char *at = strchr(letters, text[i]);

        if (at && *at)
            *flags |= 1 << (at - letters);
        else if (text[i] != '.')
            return false;
    }
    return len > 0;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len >= n && strncasecmp(text + len - n, end, n) == 0;
}

static bool take(struct nrs_exported *e, enum nrs_exported_field f, const char *text, size_t len)
{
    struct nrs_zeek_record zeek;

    switch (f) {
    case NRS_EXPORTED_START: return read_time(text, len, &e->flow.t_ns);
    case NRS_EXPORTED_TIME: return read_time(text, len, &e->time_ns);
    case NRS_EXPORTED_END: return read_time(text, len, &e->end_ns);
    case NRS_EXPORTED_SECONDS: return nrs_time_seconds(text, len, &e->dur_ns);
    case NRS_EXPORTED_NANOSECONDS: return nrs_count_text(text, len, COUNT_MAX, &e->dur_ns);
    case NRS_EXPORTED_SRC: return nrs_addr_text(&e->flow.local, text, len);
    case NRS_EXPORTED_DST: return nrs_addr_text(&e->flow.remote, text, len);
    case NRS_EXPORTED_PROTO: return read_proto(text, len, &e->flow.proto);
    case NRS_EXPORTED_SPORT: return nrs_port_text(text, len, &e->flow.lport);
    case NRS_EXPORTED_DPORT: return nrs_port_text(text, len, &e->flow.rport);
    case NRS_EXPORTED_BYTES: return nrs_count_text(text, len, COUNT_MAX, &e->flow.tx_bytes);
    case NRS_EXPORTED_PACKETS: return nrs_count_text(text, len, COUNT_MAX / 100, &e->packets);
    case NRS_EXPORTED_BYTES_BACK: return nrs_count_text(text, len, COUNT_MAX, &e->flow.rx_bytes);
    case NRS_EXPORTED_PACKETS_BACK: return nrs_count_text(text, len, COUNT_MAX / 100, &e->packets_back);
    case NRS_EXPORTED_FLAGS: return read_flags(text, len, &e->flags);
    case NRS_EXPORTED_KIND:
        e->other_kind |= !ends_with(text, len, "flow") && !ends_with(text, len, "connection") &&
                         !ends_with(text, len, "eve") && !ends_with(text, len, "OK");
        return true;
    case NRS_EXPORTED_STATE:
        nrs_zeek_take(&zeek, NRS_ZEEK_CONN_STATE, text, len);
        e->flow.end = zeek.flow.end;
        return true;
    default: return true;
    }
}

void nrs_exported_take(struct nrs_exported *e, enum nrs_exported_field f, const char *text, size_t len)
{
    if (f == NRS_EXPORTED_NONE)
        return;
    e->seen |= BIT(f);
    if (!take(e, f, text, len) && e->bad == NRS_EXPORTED_NONE)
        e->bad = f;
}

static uint64_t without_headers(const struct nrs_flow *f, uint64_t bytes, uint64_t packets)
{
    uint64_t ip = nrs_addr_is_v4(&f->remote) ? 20 : 40;
    uint64_t above = f->proto == NRS_PROTO_TCP ? 20 : f->proto == NRS_PROTO_UDP ? 8 : 0;

    return bytes > packets * (ip + above) ? bytes - packets * (ip + above) : 0;
}

static void finish_flow(struct nrs_exported *e)
{
    struct nrs_flow *f = &e->flow;
    uint64_t ms = UINT64_MAX;

    if (!(e->seen & BIT(NRS_EXPORTED_START)))
        f->t_ns = e->time_ns;
    if (e->seen & (BIT(NRS_EXPORTED_SECONDS) | BIT(NRS_EXPORTED_NANOSECONDS)))
        ms = e->dur_ns / 1000000;
    else if (e->seen & BIT(NRS_EXPORTED_END) && e->end_ns >= f->t_ns)
        ms = (e->end_ns - f->t_ns) / 1000000;
    if (ms < NRS_DUR_UNKNOWN)
        f->dur_ms = (uint32_t)ms;
    f->tx_bytes = without_headers(f, f->tx_bytes, e->packets);
    f->rx_bytes = without_headers(f, f->rx_bytes, e->packets_back);
    if (e->seen & BIT(NRS_EXPORTED_BYTES))
        f->flags |= NRS_F_BYTES;
}

static enum nrs_exported_field missing(const struct nrs_exported *e)
{
    enum nrs_exported_field f;

    for (f = NRS_EXPORTED_SRC; f <= NRS_EXPORTED_PROTO; f++) {
        if (!(e->seen & BIT(f)))
            return f;
    }
    return e->seen & (BIT(NRS_EXPORTED_START) | BIT(NRS_EXPORTED_TIME)) ? NRS_EXPORTED_NONE
                                                                        : NRS_EXPORTED_START;
}

static uint8_t end_by_flags(const struct nrs_exported *e)
{
    if (e->flow.proto == NRS_PROTO_UDP)
        return NRS_END_FIN;
    if (e->flow.proto != NRS_PROTO_TCP || e->flags < 0)
        return NRS_END_UNKNOWN;
    return e->flags & 4 ? NRS_END_RST : e->flags & 1 ? NRS_END_FIN : NRS_END_OPEN;
}

/* False if it is damaged, which was said. */
static bool is_whole(struct nrs_recorded *r, const struct nrs_exported *e)
{
    enum nrs_exported_field absent = missing(e);

    if (e->bad || absent)
        nrs_recorded_damage2(r, field_name[e->bad ? e->bad : absent], e->bad ? "not in its form" : "missing");
    return !e->bad && !absent;
}

bool nrs_exported_keep(struct nrs_recorded *r, struct nrs_exported *e)
{
    if (!is_whole(r, e))
        return false;
    finish_flow(e);
    if (e->flow.dur_ms == NRS_DUR_UNKNOWN)
        e->flow.dur_ms = 0; /* the parts say when it ended */
    return nrs_text_half(r, &(struct nrs_half){.flow = e->flow, .flags = -1});
}

bool nrs_exported_finish(struct nrs_recorded *r, struct nrs_exported *e)
{
    bool both = e->seen & BACK && e->flow.rx_bytes + e->packets_back > 0;

    if (e->other_kind)
        return true;
    if (!is_whole(r, e))
        return false;
    finish_flow(e);
    if (both || e->seen & BIT(NRS_EXPORTED_STATE)) {
        if (!(e->seen & BIT(NRS_EXPORTED_STATE)))
            e->flow.end = end_by_flags(e);
        nrs_text_flow(r, &e->flow, NULL);
        return true;
    }
    return nrs_text_half(r, &(struct nrs_half){.flow = e->flow, .flags = e->flags});
}
