/* agent/config/json_leaves.h - a JSON text as a list of "path, value, line"
 *
 * cJSON parses and unescapes; this file is the only one that knows cJSON. Numbers are handed on as they stand
 * in the text, so no caller ever sees a rounded one.
 *
 *   {"table": {"destinations": 12},            "table"               NRS_LEAF_OBJECT
 *    "source": {"interfaces": ["lo"]}}   ->    "table.destinations"  NRS_LEAF_NUMBER "12"
 *                                              "source"              NRS_LEAF_OBJECT
 *                                              "source.interfaces"   NRS_LEAF_ARRAY
 *                                              "source.interfaces"   NRS_LEAF_STRING "lo", in_array
 *
 * Limits: NRS_JSON_DEPTH_MAX levels, paths and number texts of NRS_JSON_TEXT_MAX bytes. */
#ifndef NRS_JSON_LEAVES_H
#define NRS_JSON_LEAVES_H
#include <stdbool.h>
#include <stddef.h>

#define NRS_JSON_DEPTH_MAX 4
#define NRS_JSON_TEXT_MAX 96

enum nrs_leaf_type {
    NRS_LEAF_NULL,
    NRS_LEAF_BOOL,
    NRS_LEAF_NUMBER,
    NRS_LEAF_STRING,
    NRS_LEAF_ARRAY,
    NRS_LEAF_OBJECT
};

struct nrs_json_leaf {
    const char *path;  /* "" for the whole text */
    const char *text;  /* string: unescaped; number: its characters; bool: "true" or "false"; else "" */
    enum nrs_leaf_type type;
    bool in_array;
    int line;          /* from 1 */
};

/* Calls fn for every value in the order of the text, until fn returns other than 0, which is then returned.
 * NRS_ERR_FORMAT: not JSON, `line` says where; NRS_ERR_LIMIT: too deep or too long a name; NRS_ERR_SPACE. */
int nrs_json_leaves(const char *text, size_t len, int (*fn)(void *arg, const struct nrs_json_leaf *leaf),
                    void *arg, int *line);

#endif
