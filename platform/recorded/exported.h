/* platform/recorded/exported.h - a record of a flow exporter, whatever its names: nfdump, ECS, AWS; private
 * to this room
 *
 * Readers map their columns or paths to these fields. Bytes are those of IP packets; with the number of
 * packets the least that their headers need is taken off, so that a size means payload everywhere. */
#ifndef NRS_EXPORTED_H
#define NRS_EXPORTED_H
#include "platform/recorded/reader.h"

enum nrs_exported_field {
    NRS_EXPORTED_NONE,
    NRS_EXPORTED_START, /* or else TIME; required, as are the next three */
    NRS_EXPORTED_SRC,
    NRS_EXPORTED_DST,
    NRS_EXPORTED_PROTO, /* name or number */
    NRS_EXPORTED_TIME,  /* of the record */
    NRS_EXPORTED_END,
    NRS_EXPORTED_SECONDS, /* duration */
    NRS_EXPORTED_NANOSECONDS,
    NRS_EXPORTED_SPORT,
    NRS_EXPORTED_DPORT,
    NRS_EXPORTED_BYTES,
    NRS_EXPORTED_PACKETS,
    NRS_EXPORTED_BYTES_BACK,
    NRS_EXPORTED_PACKETS_BACK,
    NRS_EXPORTED_FLAGS, /* "...AP.SF", or all flags as a number */
    NRS_EXPORTED_STATE, /* Zeek's conn_state */
    NRS_EXPORTED_KIND,  /* the kind of record: flows end with flow, connection, eve or OK */
    NRS_EXPORTED_FIELDS
};

struct nrs_exported {
    struct nrs_flow flow;
    uint32_t seen;
    bool other_kind;
    uint64_t time_ns, end_ns, dur_ns, packets, packets_back;
    int flags;
    enum nrs_exported_field bad; /* the first that was not in its form; NONE */
};

struct nrs_exported_name {
    const char *name;
    enum nrs_exported_field field;
};

/* The field of a name in names[0..n). */
enum nrs_exported_field nrs_exported_field_of(const struct nrs_exported_name *names, size_t n,
                                              const char *name, size_t len);

void nrs_exported_begin(struct nrs_exported *e);
void nrs_exported_take(struct nrs_exported *e, enum nrs_exported_field f, const char *text, size_t len);

/* Delivers the flow, or keeps it as a half until its other direction comes. False if the record is damaged,
 * which was said. */
bool nrs_exported_finish(struct nrs_recorded *r, struct nrs_exported *e);

/* The same for records that tell of both directions, but in parts: keeps it until no part comes any more. */
bool nrs_exported_keep(struct nrs_recorded *r, struct nrs_exported *e);

#endif
