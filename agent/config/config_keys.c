#include "agent/config/config_keys.h"

#include <stdio.h>
#include <string.h>

#include "agent/config/config_allow.h"
#include "models/base/error.h"
#include "models/base/units.h"

#define AT(member) offsetof(struct nrs_config, member), sizeof(((struct nrs_config *)0)->member)
#define SECTION(name) {.path = name, .kind = NRS_KEY_SECTION}
#define TEXT(name, member) CHOICE(name, member, NULL)
#define CHOICE(name, member, words) {name, NRS_KEY_TEXT, AT(member), {.choices = words}}
#define PATH(name, member) {name, NRS_KEY_PATH, AT(member), {.choices = NULL}}
#define LIST(name, type, member) {name, type, AT(member), {.choices = NULL}}
#define NUMBER(name, member, low, high) {name, NRS_KEY_NUMBER, AT(member), {.range = {low, high}}}
#define FLAG(name, member) {name, NRS_KEY_FLAG, AT(member), {.choices = NULL}}
#define RULE_TEXT(name) {.path = "allow." name, .kind = NRS_KEY_RULE_TEXT}

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
    LIST("source.interfaces", NRS_KEY_NAMES, source.interfaces),
    NUMBER("source.poll_s", source.poll_s, 1, NRS_S_PER_HOUR),
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
    LIST("model.keys", NRS_KEY_PATHS, model.keys),
    SECTION("spool"),
    PATH("spool.dir", spool.dir),
    NUMBER("spool.kib", spool.kib, 64, 4096),
    SECTION("state"),
    PATH("state.dir", state.dir),
    SECTION("report"),
    NUMBER("report.min_conns", report.min_conns, 3, 10000),
    NUMBER("report.update_s", report.update_s, 60, 604800),
    NUMBER("report.health_s", report.health_s, 10, NRS_S_PER_DAY),
    NUMBER("report.flush_s", report.flush_s, 1, NRS_S_PER_HOUR),
    FLAG("report.evidence", report.evidence),
    SECTION("scan"),
    FLAG("scan.watch", scan.watch),
    NUMBER("scan.walk_s", scan.walk_s, 10, NRS_S_PER_DAY),
    NUMBER("scan.new_s", scan.new_s, 0, 31536000),
    {.path = "allow", .kind = NRS_KEY_RULES},
    RULE_TEXT("net"),
    RULE_TEXT("domain"),
    {"allow.port", NRS_KEY_RULE_PORT, 0, 0, {.range = {1, 65535}}},
    RULE_TEXT("proto"),
    RULE_TEXT("process"),
    RULE_TEXT("until"),
};

const size_t nrs_config_n_keys = sizeof nrs_config_keys / sizeof *nrs_config_keys;

static int check_text(const char *text, size_t size, struct nrs_why *why)
{
    if (strlen(text) >= size)
        return nrs_why(why, NRS_ERR_RANGE, "longer than %zu bytes", size - 1);
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            return nrs_why(why, NRS_ERR_RANGE, "has a control character");
    return 0;
}

static int set_text(char *to, const struct nrs_config_key *key, const char *text, struct nrs_why *why)
{
    char padded[16];
    int rc = check_text(text, key->size, why);

    if (rc != 0)
        return rc;
    if (key->may.choices != NULL) {
        int n = snprintf(padded, sizeof padded, " %s ", text);

        if (n >= (int)sizeof padded || strchr(text, ' ') != NULL || strstr(key->may.choices, padded) == NULL)
            return nrs_why(why, NRS_ERR_RANGE, "has to be one of%.*s", (int)strlen(key->may.choices) - 1,
                           key->may.choices);
    }
    memcpy(to, text, strlen(text) + 1);
    return 0;
}

static int set_path(char *to, size_t size, const char *dir, const char *text, struct nrs_why *why)
{
    const char *folder = text[0] == '/' || text[0] == '\0' ? "" : dir;
    int rc = check_text(text, size, why);

    if (rc != 0)
        return rc;
    if ((size_t)snprintf(to, size, "%s%s", folder, text) >= size)
        return nrs_why(why, NRS_ERR_RANGE, "too long a path");
    return 0;
}

static int add_name(char *list, size_t size, const char *text, struct nrs_why *why)
{
    size_t used = strlen(list);
    int rc = check_text(text, size, why);

    if (rc != 0)
        return rc;
    if (text[0] == '\0' || strchr(text, ',') != NULL)
        return nrs_why(why, NRS_ERR_RANGE, "a name is empty or has a comma");
    if ((size_t)snprintf(list + used, size - used, "%s%s", used > 0 ? "," : "", text) >= size - used)
        return nrs_why(why, NRS_ERR_RANGE, "too many names");
    return 0;
}

static int add_path(struct nrs_config *c, const char *dir, const char *text, struct nrs_why *why)
{
    int rc;

    if (c->model.n_keys == NRS_CONFIG_KEYS_MAX)
        return nrs_why(why, NRS_ERR_RANGE, "more than 4 keys");
    rc = set_path(c->model.keys[c->model.n_keys], NRS_CONFIG_PATH_MAX, dir, text, why);
    c->model.n_keys += rc == 0;
    return rc;
}

/* A whole number, from its characters: 1.0 and 1e3 are refused, not rounded. */
static int set_number(uint32_t *to, const struct nrs_config_key *key, const char *text, struct nrs_why *why)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    uint64_t n = 0;

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return nrs_why(why, NRS_ERR_RANGE, "%s is not a whole number", text);
    for (const char *p = digits; *p != '\0' && n <= UINT32_MAX; p++)
        n = n * 10 + (uint64_t)(*p - '0');
    if (text[0] == '-' || n < key->may.range.min)
        return nrs_why(why, NRS_ERR_RANGE, "%s is below %u", text, (unsigned)key->may.range.min);
    if (n > key->may.range.max)
        return nrs_why(why, NRS_ERR_RANGE, "%s is above %u", text, (unsigned)key->may.range.max);
    *to = (uint32_t)n;
    return 0;
}

static int add_rule(struct nrs_config *c, struct nrs_why *why)
{
    if (c->allow.n == NRS_ALLOW_MAX)
        return nrs_why(why, NRS_ERR_RANGE, "more than %d rules", NRS_ALLOW_MAX);
    c->allow.n++;
    return 0;
}

/* A key of a rule, to the newest one; "allow.net" outside of the array has none. */
static int set_in_rule(struct nrs_config *c, const struct nrs_config_key *key, const char *text,
                       struct nrs_why *why)
{
    struct nrs_allow_rule *r;
    uint32_t port = 0;
    int rc;

    if (c->allow.n == 0)
        return nrs_why(why, NRS_ERR_RANGE, "no such key");
    r = &c->allow.rules[c->allow.n - 1];
    if (key->kind == NRS_KEY_RULE_TEXT)
        return nrs_config_allow_set(r, key->path + strlen("allow."), text, why);
    rc = set_number(&port, key, text, why);
    r->port = (uint16_t)port;
    return rc;
}

/* What a key of this kind wants, as a type; an array's elements are strings. */
static const char *mismatch(const struct nrs_config_key *key, const struct nrs_json_leaf *leaf)
{
    switch (key->kind) {
    case NRS_KEY_SECTION: return leaf->type == NRS_LEAF_OBJECT ? NULL : "has to be an object";
    case NRS_KEY_NUMBER:
    case NRS_KEY_RULE_PORT:
        return leaf->type == NRS_LEAF_NUMBER && !leaf->in_array ? NULL : "has to be a number";
    case NRS_KEY_FLAG:
        return leaf->type == NRS_LEAF_BOOL && !leaf->in_array ? NULL : "has to be true or false";
    case NRS_KEY_NAMES:
    case NRS_KEY_PATHS:
        return leaf->type == (leaf->in_array ? NRS_LEAF_STRING : NRS_LEAF_ARRAY)
                   ? NULL
                   : "has to be an array of strings";
    case NRS_KEY_RULES:
        return leaf->type == (leaf->in_array ? NRS_LEAF_OBJECT : NRS_LEAF_ARRAY)
                   ? NULL
                   : "has to be an array of objects";
    default: return leaf->type == NRS_LEAF_STRING && !leaf->in_array ? NULL : "has to be a string";
    }
}

int nrs_config_set(struct nrs_config *c, const struct nrs_config_key *key, const struct nrs_json_leaf *leaf,
                   const char *dir, struct nrs_why *why)
{
    const char *problem = mismatch(key, leaf);
    char *to = (char *)c + key->offset;

    if (problem != NULL)
        return nrs_why(why, NRS_ERR_RANGE, "%s", problem);
    switch (key->kind) {
    case NRS_KEY_TEXT: return set_text(to, key, leaf->text, why);
    case NRS_KEY_PATH: return set_path(to, key->size, dir, leaf->text, why);
    case NRS_KEY_NUMBER: return set_number((uint32_t *)(void *)to, key, leaf->text, why);
    case NRS_KEY_FLAG: *(bool *)to = leaf->text[0] == 't'; return 0;
    case NRS_KEY_NAMES: return leaf->in_array ? add_name(to, key->size, leaf->text, why) : 0;
    case NRS_KEY_PATHS: return leaf->in_array ? add_path(c, dir, leaf->text, why) : 0;
    case NRS_KEY_RULES: return leaf->in_array ? add_rule(c, why) : 0;
    case NRS_KEY_RULE_TEXT:
    case NRS_KEY_RULE_PORT: return set_in_rule(c, key, leaf->text, why);
    default: return 0;
    }
}
