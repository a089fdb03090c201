#include "agent/config_keys.h"

#include <stdio.h>
#include <string.h>

#include "models/error.h"

#define AT(member) offsetof(struct nrs_config, member), sizeof(((struct nrs_config *)0)->member)
#define SECTION(name) {name, NRS_KEY_SECTION, 0, 0, 0, 0, NULL}
#define TEXT(name, member) {name, NRS_KEY_TEXT, AT(member), 0, 0, NULL}
#define CHOICE(name, member, choices) {name, NRS_KEY_TEXT, AT(member), 0, 0, choices}
#define PATH(name, member) {name, NRS_KEY_PATH, AT(member), 0, 0, NULL}
#define NUMBER(name, member, min, max) {name, NRS_KEY_NUMBER, AT(member), min, max, NULL}
#define FLAG(name, member) {name, NRS_KEY_FLAG, AT(member), 0, 0, NULL}

const struct nrs_config_key nrs_config_keys[] = {
    TEXT("host_id", host_id),
    TEXT("user", user),
    SECTION("collector"),
    TEXT("collector.url", collector.url_text),
    TEXT("collector.proxy", collector.proxy_text),
    PATH("collector.ca", collector.ca),
    PATH("collector.cert", collector.cert),
    PATH("collector.key", collector.key),
    TEXT("collector.content_type", collector.content_type),
    TEXT("collector.prefix", collector.prefix),
    SECTION("source"),
    TEXT("source.order", source.order),
    {"source.interfaces", NRS_KEY_NAMES, AT(source.interfaces), 0, 0, NULL},
    NUMBER("source.poll_s", source.poll_s, 1, 3600),
    NUMBER("source.buffer_kib", source.buffer_kib, 16, 65536),
    NUMBER("source.open_flows", source.open_flows, 16, 1048576),
    FLAG("source.names", source.names),
    SECTION("table"),
    CHOICE("table.profile", table.profile, " host router "),
    NUMBER("table.destinations", table.destinations, 64, 1048576),
    NUMBER("table.watched", table.watched, 16, 65536),
    NUMBER("table.names", table.names, 16, 65536),
    SECTION("model"),
    PATH("model.file", model.file),
    {"model.keys", NRS_KEY_PATHS, AT(model.keys), 0, 0, NULL},
    SECTION("spool"),
    PATH("spool.dir", spool.dir),
    NUMBER("spool.kib", spool.kib, 64, 4096),
    SECTION("report"),
    NUMBER("report.min_conns", report.min_conns, 3, 10000),
    NUMBER("report.update_s", report.update_s, 60, 604800),
    NUMBER("report.health_s", report.health_s, 10, 86400),
    NUMBER("report.flush_s", report.flush_s, 1, 3600),
    FLAG("report.evidence", report.evidence),
};

const size_t nrs_config_n_keys = sizeof nrs_config_keys / sizeof *nrs_config_keys;

static int wrong(char *why, size_t why_len, const char *what)
{
    snprintf(why, why_len, "%s", what);
    return NRS_ERR_RANGE;
}

static int check_text(const char *text, size_t size, char *why, size_t why_len)
{
    if (strlen(text) >= size) {
        snprintf(why, why_len, "longer than %zu bytes", size - 1);
        return NRS_ERR_RANGE;
    }
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            return wrong(why, why_len, "has a control character");
    return 0;
}

static int set_text(char *to, const struct nrs_config_key *key, const char *text, char *why, size_t why_len)
{
    char padded[16];
    int rc = check_text(text, key->size, why, why_len);

    if (rc != 0)
        return rc;
    if (key->choices != NULL) {
        int n = snprintf(padded, sizeof padded, " %s ", text);

        if (n >= (int)sizeof padded || strchr(text, ' ') != NULL || strstr(key->choices, padded) == NULL) {
            snprintf(why, why_len, "has to be one of%.*s", (int)strlen(key->choices) - 1, key->choices);
            return NRS_ERR_RANGE;
        }
    }
    memcpy(to, text, strlen(text) + 1);
    return 0;
}

static int set_path(char *to, size_t size, const char *dir, const char *text, char *why, size_t why_len)
{
    const char *folder = text[0] == '/' || text[0] == '\0' ? "" : dir;
    int rc = check_text(text, size, why, why_len);

    if (rc != 0)
        return rc;
    if ((size_t)snprintf(to, size, "%s%s", folder, text) >= size)
        return wrong(why, why_len, "too long a path");
    return 0;
}

static int add_name(char *list, size_t size, const char *text, char *why, size_t why_len)
{
    size_t used = strlen(list);
    int rc = check_text(text, size, why, why_len);

    if (rc != 0)
        return rc;
    if (text[0] == '\0' || strchr(text, ',') != NULL)
        return wrong(why, why_len, "a name is empty or has a comma");
    if ((size_t)snprintf(list + used, size - used, "%s%s", used > 0 ? "," : "", text) >= size - used)
        return wrong(why, why_len, "too many names");
    return 0;
}

static int add_path(struct nrs_config *c, const char *dir, const char *text, char *why, size_t why_len)
{
    int rc;

    if (c->model.n_keys == NRS_CONFIG_KEYS_MAX)
        return wrong(why, why_len, "more than 4 keys");
    rc = set_path(c->model.keys[c->model.n_keys], NRS_CONFIG_PATH_MAX, dir, text, why, why_len);
    c->model.n_keys += rc == 0;
    return rc;
}

/* A whole number, from its characters: 1.0 and 1e3 are refused, not rounded. */
static int set_number(uint32_t *to, const struct nrs_config_key *key, const char *text, char *why, size_t why_len)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    uint64_t n = 0;

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0') {
        snprintf(why, why_len, "%s is not a whole number", text);
        return NRS_ERR_RANGE;
    }
    for (const char *p = digits; *p != '\0' && n <= UINT32_MAX; p++)
        n = n * 10 + (uint64_t)(*p - '0');
    if (text[0] == '-' || n < key->min) {
        snprintf(why, why_len, "%s is below %u", text, (unsigned)key->min);
        return NRS_ERR_RANGE;
    }
    if (n > key->max) {
        snprintf(why, why_len, "%s is above %u", text, (unsigned)key->max);
        return NRS_ERR_RANGE;
    }
    *to = (uint32_t)n;
    return 0;
}

/* What a key of this kind wants, as a type; an array's elements are strings. */
static const char *mismatch(const struct nrs_config_key *key, const struct nrs_json_leaf *leaf)
{
    switch (key->kind) {
    case NRS_KEY_SECTION: return leaf->type == NRS_JSON_OBJECT ? NULL : "has to be an object";
    case NRS_KEY_NUMBER: return leaf->type == NRS_JSON_NUMBER && !leaf->in_array ? NULL : "has to be a number";
    case NRS_KEY_FLAG: return leaf->type == NRS_JSON_BOOL && !leaf->in_array ? NULL : "has to be true or false";
    case NRS_KEY_NAMES:
    case NRS_KEY_PATHS:
        return leaf->type == (leaf->in_array ? NRS_JSON_STRING : NRS_JSON_ARRAY) ? NULL
                                                                                 : "has to be an array of strings";
    default: return leaf->type == NRS_JSON_STRING && !leaf->in_array ? NULL : "has to be a string";
    }
}

int nrs_config_set(struct nrs_config *c, const struct nrs_config_key *key, const struct nrs_json_leaf *leaf,
                   const char *dir, char *why, size_t why_len)
{
    const char *problem = mismatch(key, leaf);
    char *to = (char *)c + key->offset;

    if (problem != NULL)
        return wrong(why, why_len, problem);
    switch (key->kind) {
    case NRS_KEY_TEXT: return set_text(to, key, leaf->text, why, why_len);
    case NRS_KEY_PATH: return set_path(to, key->size, dir, leaf->text, why, why_len);
    case NRS_KEY_NUMBER: return set_number((uint32_t *)(void *)to, key, leaf->text, why, why_len);
    case NRS_KEY_FLAG: *(bool *)to = leaf->text[0] == 't'; return 0;
    case NRS_KEY_NAMES: return leaf->in_array ? add_name(to, key->size, leaf->text, why, why_len) : 0;
    case NRS_KEY_PATHS: return leaf->in_array ? add_path(c, dir, leaf->text, why, why_len) : 0;
    default: return 0;
    }
}
