/* platform/recorded/json_wrap.h - records of Zeek and others inside the objects that shippers make of them;
 * private
 *
 * An export of Elasticsearch has the record below "_source", one of Splunk as text in "result._raw", Filebeat
 * as text in "message". The wrapping is found out once, from the first objects of a file, and holds for all
 * of it. */
#ifndef NRS_JSON_WRAP_H
#define NRS_JSON_WRAP_H
#include "platform/recorded/json_scan.h"

struct nrs_json_wrap {
    char prefix[NRS_JSON_PATH_MAX]; /* "_source.": before the paths of the record; others are passed over */
    size_t prefix_len;
    char inside[NRS_JSON_PATH_MAX]; /* "result._raw": path of the string that is the record; empty = none */
    size_t inside_len;
    char *plain; /* that string without its escapes, NRS_INPUT_RUN bytes; NULL = inside is empty */
};

/* nrs_json_scan of the record within text[0..len). A text without the wrapping has no members. */
const char *nrs_json_wrap_scan(const struct nrs_json_wrap *w, const char *text, size_t len, nrs_json_fn fn,
                               void *arg);

/* Removes the escapes of a JSON string: out[0..len) has room for it; returns its length. \u above 7 bits
 * becomes '?'. */
size_t nrs_json_unescape(char *out, const char *text, size_t len);

#endif
