/* Records of flow exporters in JSON: Elastic Common Schema (Filebeat's modules for Zeek and Suricata,
 * Packetbeat), and `nfdump -o json`. Documents of other kinds (event.dataset, type) pass. */
#include "platform/recorded/exported.h"
#include "platform/recorded/text.h"

static const struct nrs_exported_name names[] = {
    {"@timestamp", NRS_EXPORTED_TIME},
    {"event.start", NRS_EXPORTED_START},
    {"event.end", NRS_EXPORTED_END},
    {"event.duration", NRS_EXPORTED_NANOSECONDS},
    {"event.dataset", NRS_EXPORTED_KIND},
    {"suricata.eve.event_type", NRS_EXPORTED_KIND},
    {"source.ip", NRS_EXPORTED_SRC},
    {"source.port", NRS_EXPORTED_SPORT},
    {"source.bytes", NRS_EXPORTED_BYTES},
    {"source.packets", NRS_EXPORTED_PACKETS},
    {"destination.ip", NRS_EXPORTED_DST},
    {"destination.port", NRS_EXPORTED_DPORT},
    {"destination.bytes", NRS_EXPORTED_BYTES_BACK},
    {"destination.packets", NRS_EXPORTED_PACKETS_BACK},
    {"network.transport", NRS_EXPORTED_PROTO},
    {"zeek.connection.state", NRS_EXPORTED_STATE},
    {"first", NRS_EXPORTED_START}, /* nfdump from here on */
    {"last", NRS_EXPORTED_END},
    {"type", NRS_EXPORTED_KIND},
    {"src4_addr", NRS_EXPORTED_SRC},
    {"src6_addr", NRS_EXPORTED_SRC},
    {"dst4_addr", NRS_EXPORTED_DST},
    {"dst6_addr", NRS_EXPORTED_DST},
    {"src_port", NRS_EXPORTED_SPORT},
    {"dst_port", NRS_EXPORTED_DPORT},
    {"proto", NRS_EXPORTED_PROTO},
    {"in_bytes", NRS_EXPORTED_BYTES},
    {"in_packets", NRS_EXPORTED_PACKETS},
    {"out_bytes", NRS_EXPORTED_BYTES_BACK},
    {"out_packets", NRS_EXPORTED_PACKETS_BACK},
    {"tcp_flags", NRS_EXPORTED_FLAGS},
};

static bool take_member(void *arg, const struct nrs_json_value *v)
{
    if (v->type < NRS_JSON_WORD)
        nrs_exported_take(arg,
                          nrs_exported_field_of(names, sizeof names / sizeof *names, v->path, v->path_len),
                          v->text, v->len);
    return true;
}

static bool take(struct nrs_recorded *r, const char *text, size_t len)
{
    struct nrs_exported e;
    const char *wrong;

    nrs_exported_begin(&e);
    wrong = nrs_json_wrap_scan(&r->wrap, text, len, take_member, &e);
    if (wrong) {
        nrs_recorded_damage(r, wrong);
        return false;
    }
    return nrs_exported_finish(r, &e);
}

const struct nrs_reader nrs_reader_exported_json = {.format = "flows-json", .take = take};
