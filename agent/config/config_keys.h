/* agent/config/config_keys.h - the table of configuration keys, and the reader of each kind of value */
#ifndef NRS_CONFIG_KEYS_H
#define NRS_CONFIG_KEYS_H
#include "agent/config/config.h"
#include "agent/config/json_leaves.h"

enum nrs_config_kind {
    NRS_KEY_SECTION,  /* an object */
    NRS_KEY_TEXT,     /* a string of at most size - 1 bytes without control characters */
    NRS_KEY_PATH,     /* the same, made relative to the file's folder */
    NRS_KEY_NAMES,    /* an array of strings, kept with commas between them */
    NRS_KEY_PATHS,    /* an array of paths: [NRS_CONFIG_KEYS_MAX][NRS_CONFIG_PATH_MAX], count in n_keys */
    NRS_KEY_NUMBER,   /* a whole number in min..max */
    NRS_KEY_FLAG,     /* true or false */
    NRS_KEY_RULES,    /* an array of objects; each begins a rule of `allow` */
    NRS_KEY_RULE_TEXT, /* a string of the newest rule: config_allow.h */
    NRS_KEY_RULE_PORT /* its port */
};

struct nrs_config_key {
    const char *path;
    enum nrs_config_kind kind;
    uint16_t offset, size; /* in struct nrs_config */
    union {
        struct {
            uint32_t min, max; /* of a number */
        } range;
        const char *choices; /* text: " one two " it has to be one of, or NULL */
    } may;
};

extern const struct nrs_config_key nrs_config_keys[];
extern const size_t nrs_config_n_keys;

/* Stores a value. dir: the folder of the file, "" or ending in '/'. 0, or NRS_ERR_RANGE with the rest of the
 * line ("12 is below 64") in `why`. */
int nrs_config_set(struct nrs_config *c, const struct nrs_config_key *key, const struct nrs_json_leaf *leaf,
                   const char *dir, struct nrs_why *why);

#endif
