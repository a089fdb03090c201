/* platform/recorded/zeek_fields.h - the columns of a Zeek conn.log that make a flow
 *
 * Shared by the TSV and the JSON reader: they find the columns, this converts them. */
#ifndef NRS_ZEEK_FIELDS_H
#define NRS_ZEEK_FIELDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

enum nrs_zeek_field {
    NRS_ZEEK_NONE, /* a column we pass over */
    NRS_ZEEK_TS,   /* required, as are the next four */
    NRS_ZEEK_ORIG_H,
    NRS_ZEEK_RESP_H,
    NRS_ZEEK_RESP_P,
    NRS_ZEEK_PROTO,
    NRS_ZEEK_ORIG_P,
    NRS_ZEEK_DURATION,
    NRS_ZEEK_ORIG_BYTES,
    NRS_ZEEK_RESP_BYTES,
    NRS_ZEEK_CONN_STATE,
    NRS_ZEEK_IP_PROTO, /* Zeek 7.1 and later */
    NRS_ZEEK_LOCAL_ORIG,
    NRS_ZEEK_LOCAL_RESP,
    NRS_ZEEK_NAME,    /* of dns.log, ssl.log and http.log: query, server_name, host */
    NRS_ZEEK_ANSWERS, /* of dns.log */
    NRS_ZEEK_FIELDS
};

enum nrs_zeek_names {
    NRS_NAMES_NONE,        /* a log of connections */
    NRS_NAMES_OF_ANSWERS,  /* dns.log */
    NRS_NAMES_OF_RESPONDER /* ssl.log, http.log */
};

struct nrs_zeek_record {
    struct nrs_flow flow;
    uint32_t seen;    /* bit f: field f was taken */
    uint8_t ip_proto; /* 0 = no such column */
    bool local_orig, local_resp;
    const char *name, *answers; /* in the text that was taken */
    size_t name_len, answers_len;
};

/* The field of a column name, NRS_ZEEK_NONE if we do not use it. Between "id" and its parts may stand any one
 * byte: Log::default_scope_sep is "." unless a site changed it. */
enum nrs_zeek_field nrs_zeek_field_of(const char *name, size_t len);

/* "id.resp_p"; NULL for NONE. */
const char *nrs_zeek_field_name(enum nrs_zeek_field f);

void nrs_zeek_begin(struct nrs_zeek_record *rec);

/* Takes one set value. Returns NULL, or what it should have been ("not a time"). */
const char *nrs_zeek_take(struct nrs_zeek_record *rec, enum nrs_zeek_field f, const char *text, size_t len);

/* The Zeek log other than conn that a column of this name gives away ("dns"), or NULL. A log with a column
 * "conn_state" is conn, whatever else it has. */
const char *nrs_zeek_other_log(const char *name, size_t len);

/* Completes the flow. An originator outside (local_orig F) that reached a responder inside (local_resp T)
 * makes it inbound: local is then the responder. Returns NRS_ZEEK_NONE, or a required field that was not
 * taken. */
enum nrs_zeek_field nrs_zeek_finish(struct nrs_zeek_record *rec);

/* What the named log (nrs_zeek_other_log) tells names of. */
enum nrs_zeek_names nrs_zeek_names_of(const char *log);

/* Delivers NRS_EV_NAME for every address that the record tells the name of. None if a part is missing, or the
 * name is an address or has other characters than host names. */
void nrs_zeek_names(const struct nrs_zeek_record *rec, enum nrs_zeek_names names, nrs_flow_fn fn, void *arg);

#endif
