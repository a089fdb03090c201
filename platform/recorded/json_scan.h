/* platform/recorded/json_scan.h - walks the members of one JSON object
 *
 * Made for log records: no tree, no copy, no allocation. Every scalar member is reported with its path
 * ("ts", or "flow.start" inside a nested object), an array as the text that it is. Strings are reported as
 * they stand, escapes included: the values we look for have none. */
#ifndef NRS_JSON_SCAN_H
#define NRS_JSON_SCAN_H
#include <stdbool.h>
#include <stddef.h>

#define NRS_JSON_PATH_MAX 64 /* a longer path is reported as "" */
#define NRS_JSON_DEPTH    16 /* deeper nesting is refused */

/* WORD: true, false, null; ARRAY: what stands between the brackets */
enum nrs_json_type { NRS_JSON_STRING, NRS_JSON_NUMBER, NRS_JSON_WORD, NRS_JSON_ARRAY };

struct nrs_json_value {
    const char *path;
    size_t path_len;
    const char *text; /* of a string: without the quotes */
    size_t len;
    enum nrs_json_type type;
};

/* Called for each scalar and array; false stops the walk. */
typedef bool (*nrs_json_fn)(void *arg, const struct nrs_json_value *v);

/* NULL if text[0..len) is one object (blanks around it are fine) or fn stopped the walk; otherwise what is
 * wrong with it. */
const char *nrs_json_scan(const char *text, size_t len, nrs_json_fn fn, void *arg);

#endif
