#include "agent/core/verdict_text.h"

#include "models/base/units.h"

void nrs_verdict_u64(struct nrs_text *t, const char *key, uint64_t v)
{
    nrs_text_raw(t, ",\"");
    nrs_text_raw(t, key);
    nrs_text_raw(t, "\":");
    nrs_text_u64(t, v);
}

void nrs_verdict_string(struct nrs_text *t, const char *key, const char *v)
{
    nrs_text_raw(t, ",\"");
    nrs_text_raw(t, key);
    nrs_text_raw(t, "\":");
    nrs_text_string(t, v);
}

static void write_id(struct nrs_text *t, const struct nrs_verdict_id *id)
{
    nrs_text_raw(t, ",\"event.id\":\"");
    nrs_text_raw(t, id->host);
    nrs_text_raw(t, "-");
    nrs_text_raw(t, id->boot);
    nrs_text_raw(t, "-");
    nrs_text_hex(t, id->seq);
    nrs_text_raw(t, "\"");
    nrs_verdict_string(t, "host.id", id->host);
}

void nrs_verdict_head(struct nrs_text *t, const char *kind, const char *dataset,
                      const struct nrs_verdict_id *id)
{
    nrs_text_raw(t, "{\"@timestamp\":\"");
    nrs_text_time(t, id->wall_ns / NRS_NS_PER_S);
    nrs_text_raw(t, "\"");
    nrs_verdict_string(t, "event.kind", kind);
    nrs_verdict_string(t, "event.dataset", dataset);
    write_id(t, id);
}

static void write_address(struct nrs_text *t, const char *key, const struct nrs_addr *a)
{
    char text[46];

    nrs_addr_write(text, sizeof text, a);
    nrs_verdict_string(t, key, text);
}

static void write_transport(struct nrs_text *t, uint8_t proto)
{
    char number[4];
    struct nrs_text n;

    switch (proto) {
    case NRS_PROTO_TCP: nrs_verdict_string(t, "network.transport", "tcp"); return;
    case NRS_PROTO_UDP: nrs_verdict_string(t, "network.transport", "udp"); return;
    case NRS_PROTO_ICMP:
    case NRS_PROTO_ICMP6: nrs_verdict_string(t, "network.transport", "icmp"); return;
    default:
        nrs_text_init(&n, number, sizeof number);
        nrs_text_u64(&n, proto);
        nrs_verdict_string(t, "network.transport", number);
    }
}

void nrs_verdict_key(struct nrs_text *t, const struct nrs_addr *local, const struct nrs_addr *remote,
                     uint16_t rport, uint8_t proto)
{
    write_address(t, "source.ip", local);
    write_address(t, "destination.ip", remote);
    nrs_verdict_u64(t, "destination.port", rport);
    write_transport(t, proto);
}
