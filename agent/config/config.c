#include "agent/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "agent/config/config_allow.h"
#include "agent/config/config_keys.h"
#include "models/base/error.h"
#include "models/base/units.h"
#include "platform/files.h"
#include "platform/path_trust.h"

#define SEEN_MAX 64

/* One reading of one file. */
struct reading {
    struct nrs_config *c;
    const char *path;
    char dir[NRS_CONFIG_PATH_MAX]; /* of the file: "" or ending in '/' */
    int line_of[SEEN_MAX];         /* where each key of the table was set, 0 = not */
    int line_of_rule[NRS_ALLOW_MAX];
    struct nrs_why *why;
};

void nrs_config_defaults(struct nrs_config *c)
{
    memset(c, 0, sizeof *c);
    strcpy(c->collector.content_type, "application/x-ndjson");
    strcpy(c->source.order, "auto");
    c->source.poll_s = 30;
    c->source.buffer_kib = 256;
    c->source.open_flows = 4096;
    c->source.names = true;
    strcpy(c->table.profile, "host");
    c->table.destinations = 4096;
    c->table.watched = 512;
    c->table.names = 512;
    strcpy(c->spool.dir, "spool");
    c->spool.kib = 1024;
    c->report.min_conns = 6;
    c->report.update_s = 21600;
    c->report.health_s = 300;
    c->report.flush_s = 5;
    c->report.evidence = true;
    c->scan.watch = true;
    c->scan.walk_s = 60;
    c->scan.new_s = NRS_S_PER_DAY;
}

static int complain(struct reading *r, int line, const char *key, const char *what)
{
    return nrs_why(r->why, NRS_ERR_RANGE, "%s:%d: %s%s%s", r->path, line, key, key[0] != '\0' ? ": " : "",
                   what);
}

static size_t find_key(const char *path)
{
    size_t i = 0;

    while (i < nrs_config_n_keys && strcmp(nrs_config_keys[i].path, path) != 0)
        i++;
    return i;
}

/* Each rule has the same keys anew. */
static void begin_rule(struct reading *r, int line)
{
    for (size_t i = 0; i < nrs_config_n_keys; i++)
        if (strncmp(nrs_config_keys[i].path, "allow.", 6) == 0)
            r->line_of[i] = 0;
    r->line_of_rule[r->c->allow.n - 1] = line;
}

static int take_leaf(void *arg, const struct nrs_json_leaf *leaf)
{
    struct reading *r = arg;
    size_t i = find_key(leaf->path);
    struct nrs_why what;

    if (leaf->path[0] == '\0')
        return leaf->type == NRS_LEAF_OBJECT ? 0 : complain(r, leaf->line, "", "has to be one JSON object");
    if (i == nrs_config_n_keys)
        return complain(r, leaf->line, leaf->path, "no such key");
    if (r->line_of[i] != 0 && !leaf->in_array) {
        nrs_why(&what, 0, "already set in line %d", r->line_of[i]);
        return complain(r, leaf->line, leaf->path, what.text);
    }
    r->line_of[i] = leaf->line;
    if (nrs_config_set(r->c, &nrs_config_keys[i], leaf, r->dir, &what) != 0)
        return complain(r, leaf->line, leaf->path, what.text);
    if (nrs_config_keys[i].kind == NRS_KEY_RULES && leaf->in_array)
        begin_rule(r, leaf->line);
    return 0;
}

static int line_of_key(const struct reading *r, const char *path)
{
    int line = r->line_of[find_key(path)];

    return line > 0 ? line : 1;
}

/* A router's sizes, where the file does not give its own. */
static void apply_profile(struct reading *r)
{
    static const struct {
        const char *path;
        size_t offset;
        uint32_t value;
    } router[] = {
        {"table.destinations", offsetof(struct nrs_config, table.destinations), 1024},
        {"table.watched", offsetof(struct nrs_config, table.watched), 128},
        {"table.names", offsetof(struct nrs_config, table.names), 128},
        {"source.buffer_kib", offsetof(struct nrs_config, source.buffer_kib), 64},
        {"source.open_flows", offsetof(struct nrs_config, source.open_flows), 1024},
        {"spool.kib", offsetof(struct nrs_config, spool.kib), 64},
    };

    if (strcmp(r->c->table.profile, "router") != 0)
        return;
    for (size_t i = 0; i < sizeof router / sizeof *router; i++)
        if (r->line_of[find_key(router[i].path)] == 0)
            memcpy((char *)r->c + router[i].offset, &router[i].value, sizeof router[i].value);
}

static int check_urls(struct reading *r)
{
    struct nrs_config *c = r->c;

    if (c->collector.url_text[0] != '\0' &&
        nrs_url_parse(&c->collector.url, c->collector.url_text, "https", 443) != 0)
        return complain(r, line_of_key(r, "collector.url"), "collector.url",
                        "is not https://host[:port]/path");
    if (c->collector.proxy_text[0] != '\0' &&
        nrs_url_parse(&c->collector.proxy, c->collector.proxy_text, "http", 3128) != 0)
        return complain(r, line_of_key(r, "collector.proxy"), "collector.proxy", "is not http://host[:port]");
    if (c->collector.url.host[0] != '\0' && c->collector.ca[0] == '\0')
        return complain(r, line_of_key(r, "collector.url"), "collector.ca",
                        "missing: whom should the agent trust?");
    if ((c->collector.cert[0] != '\0') != (c->collector.key[0] != '\0'))
        return complain(r, line_of_key(r, "collector"), "collector", "cert and key go together");
    return 0;
}

static int check_rules(struct reading *r)
{
    for (uint32_t i = 0; i < r->c->allow.n; i++) {
        const char *fault = nrs_config_allow_fault(&r->c->allow.rules[i]);

        if (fault != NULL)
            return complain(r, r->line_of_rule[i], "allow", fault);
    }
    return 0;
}

/* What only makes sense together. */
static int check_whole(struct reading *r)
{
    struct nrs_config *c = r->c;

    if (c->host_id[0] != '\0' && !nrs_config_host_id_ok(c->host_id))
        return complain(r, line_of_key(r, "host_id"), "host_id",
                        "may have letters, digits, '.', '_' and '-' only");
    if (c->table.watched > c->table.destinations)
        return complain(r, line_of_key(r, "table.watched"), "table.watched", "more than table.destinations");
    if (c->model.file[0] != '\0' && c->model.n_keys == 0)
        return complain(r, line_of_key(r, "model.file"), "model.keys",
                        "missing: a model file has to be signed");
    if (c->spool.dir[0] == '\0')
        return complain(r, line_of_key(r, "spool.dir"), "spool.dir", "is empty");
    if (c->state.dir[0] == '\0' && r->line_of[find_key("state.dir")] != 0)
        return complain(r, line_of_key(r, "state.dir"), "state.dir", "is empty");
    return check_rules(r) != 0 ? NRS_ERR_RANGE : check_urls(r);
}

static int set_dir(struct reading *r)
{
    const char *slash = strrchr(r->path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - r->path) + 1;

    if (len + sizeof "spool" > sizeof r->dir)
        return NRS_ERR_LIMIT;
    memcpy(r->dir, r->path, len);
    r->dir[len] = '\0';
    return 0;
}

int nrs_config_parse(struct nrs_config *c, const char *path, const char *text, size_t len,
                     struct nrs_why *why)
{
    struct reading r = {.c = c, .path = path, .why = why};
    int line = 1, rc;

    nrs_config_defaults(c);
    if (set_dir(&r) != 0)
        return complain(&r, 1, "", "too long a path");
    strcpy(c->spool.dir, r.dir); /* set_dir left room */
    strcat(c->spool.dir, "spool");
    why->text[0] = '\0';
    rc = nrs_json_leaves(text, len, take_leaf, &r, &line);
    if (rc == NRS_ERR_FORMAT)
        complain(&r, line, "", "not JSON from here on");
    else if (rc == NRS_ERR_LIMIT)
        complain(&r, line, "", "nested too deep or too long a name");
    else if (rc == 0) {
        apply_profile(&r);
        rc = check_whole(&r);
    }
    return rc;
}

int nrs_config_load(struct nrs_config *c, const char *path, struct nrs_why *why)
{
    char *text = malloc(NRS_CONFIG_BYTES_MAX + 1);
    int len, rc;

    if (text == NULL)
        return NRS_ERR_SPACE;
    len = nrs_path_is_private(path, NULL, false);
    if (len == 0)
        len = nrs_path_load(path, text, NRS_CONFIG_BYTES_MAX + 1);
    if (len < 0) {
        nrs_why(why, 0, "%s: %s", path, nrs_path_strerror(len));
        rc = NRS_ERR_IO;
    } else {
        rc = nrs_config_parse(c, path, text, (size_t)len, why);
    }
    free(text);
    return rc;
}

const char *nrs_config_state_dir(const struct nrs_config *c)
{
    return c->state.dir[0] != '\0' ? c->state.dir : c->spool.dir;
}

bool nrs_config_host_id_ok(const char *id)
{
    size_t len = strlen(id);

    return len > 0 && len <= NRS_HOST_ID_MAX &&
           strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}
