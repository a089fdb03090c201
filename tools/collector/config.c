#include "tools/collector/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cJSON.h>

#include "models/base/error.h"
#include "tools/collector/files.h"

#define CONFIG_FILE "collector.json"

const char nrs_col_page_fault[] = "not an address of this machine (127.0.0.1, ::1): the page has no login";

struct key {
    const char *name;
    size_t at;
    size_t cap;      /* texts: bytes at that place; 0 = a number */
    unsigned lo, hi; /* numbers */
};

#define TEXT(key) {#key, offsetof(struct nrs_col_config, key), sizeof ((struct nrs_col_config *)0)->key, 0, 0}
#define NUMBER(key, lo, hi) {#key, offsetof(struct nrs_col_config, key), 0, lo, hi}

static const struct key keys[] = {
    TEXT(listen),
    TEXT(page),
    TEXT(name),
    TEXT(proxy_from),
    NUMBER(body_kib, 4, 4096),
    NUMBER(connections, 1, 1000000),
    NUMBER(pending_kib, 64, 4194304),
    NUMBER(posts_per_s, 1, 1000000),
    NUMBER(posts_burst, 1, 1000000),
    NUMBER(records_per_day, 1, 1000000000),
    NUMBER(device_connections, 1, 1000000),
    NUMBER(address_unknown, 1, 1000000),
    NUMBER(address_handshakes, 1, 1000000),
    NUMBER(retain_days, 0, 36500),
    NUMBER(retain_mib, 0, 1048576),
    NUMBER(gather_ms, 0, 200),
    NUMBER(tls_min, 12, 13),
    NUMBER(tls_max, 12, 13),
    NUMBER(request_s, 1, 3600),
    NUMBER(idle_s, 1, 86400),
};

void nrs_col_config_defaults(struct nrs_col_config *c)
{
    *c = (struct nrs_col_config){
        .listen = "127.0.0.1:8443",
        .page = "127.0.0.1:8080",
        .name = "127.0.0.1",
        .body_kib = 64,
        .connections = 4096,
        .pending_kib = 16384,
        .posts_per_s = 1,
        .posts_burst = 20,
        .records_per_day = 4096,
        .device_connections = 4,
        .address_unknown = 256,
        .address_handshakes = 50,
        .retain_days = 90,
        .retain_mib = 8192,
        .gather_ms = 20,
        .tls_min = 12,
        .tls_max = 13,
        .request_s = 30,
        .idle_s = 300,
    };
}

int nrs_col_address_read(const char *text, struct sockaddr_storage *out, char *host, size_t cap)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;
    bool v6 = n > 2 && text[0] == '[' && text[n - 1] == ']';
    char *end = NULL;
    unsigned long port = colon != NULL ? strtoul(colon + 1, &end, 10) : 0;

    if (n == 0 || colon[1] < '0' || colon[1] > '9' || *end != '\0' || port > 65535)
        return NRS_ERR_FORMAT;
    if (v6) {
        text++;
        n -= 2;
    }
    if (n >= cap)
        return NRS_ERR_FORMAT;
    memcpy(host, text, n);
    host[n] = '\0';
    memset(out, 0, sizeof *out);
    if (v6) {
        struct sockaddr_in6 *a = (struct sockaddr_in6 *)out;

        a->sin6_family = AF_INET6;
        a->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &a->sin6_addr) == 1 ? 0 : NRS_ERR_FORMAT;
    }
    struct sockaddr_in *a = (struct sockaddr_in *)out;

    a->sin_family = AF_INET;
    a->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &a->sin_addr) == 1 ? 0 : NRS_ERR_FORMAT;
}

bool nrs_col_address_is_loopback(const char *text)
{
    struct sockaddr_storage a;
    char host[64];

    if (nrs_col_address_read(text, &a, host, sizeof host) != 0)
        return false;
    if (a.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&a)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)&a)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* Takes the next address off a list; false at its end. *bad is set if it is none. */
static bool next_address(const char **list, struct sockaddr_storage *out, bool *bad)
{
    size_t n = strcspn(*list, ",");
    char text[64];

    if (n == 0 && **list == '\0')
        return false;
    *bad = n >= sizeof text - 4;
    if (!*bad) {
        char host[64];

        (void)snprintf(text, sizeof text, memchr(*list, ':', n) != NULL ? "[%.*s]:0" : "%.*s:0", (int)n,
                       *list);
        *bad = nrs_col_address_read(text, out, host, sizeof host) != 0;
    }
    *list += n + ((*list)[n] == ',');
    return true;
}

bool nrs_col_address_listed(const char *list, const struct sockaddr_storage *from)
{
    struct sockaddr_storage one;
    bool bad, same = false;

    while (!same && next_address(&list, &one, &bad)) {
        if (bad || one.ss_family != from->ss_family)
            continue;
        if (one.ss_family == AF_INET)
            same = memcmp(&((struct sockaddr_in *)&one)->sin_addr,
                          &((const struct sockaddr_in *)from)->sin_addr, 4) == 0;
        else
            same = memcmp(&((struct sockaddr_in6 *)&one)->sin6_addr,
                          &((const struct sockaddr_in6 *)from)->sin6_addr, 16) == 0;
    }
    return same;
}

static bool list_is_good(const char *list)
{
    struct sockaddr_storage one;
    bool bad = false;

    while (!bad && next_address(&list, &one, &bad))
        ;
    return !bad;
}

/* Takes one value; NULL or what is wrong with it. */
static const char *take(struct nrs_col_config *c, const cJSON *v)
{
    char *base = (char *)c;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct key *k = &keys[i];

        if (strcmp(k->name, v->string) != 0)
            continue;
        if (k->cap > 0) {
            if (!cJSON_IsString(v) || strlen(v->valuestring) >= k->cap)
                return "not a string that fits";
            (void)snprintf(base + k->at, k->cap, "%s", v->valuestring);
            return NULL;
        }
        if (!cJSON_IsNumber(v) || v->valuedouble < k->lo || v->valuedouble > k->hi ||
            v->valuedouble != (double)(unsigned)v->valuedouble)
            return "not a whole number in its range";
        unsigned value = (unsigned)v->valuedouble;

        memcpy(base + k->at, &value, sizeof value);
        return NULL;
    }
    return "unknown key";
}

int nrs_col_config_read(struct nrs_col_config *c, const char *text, size_t n, char why[160])
{
    struct nrs_col_config got = *c;
    struct sockaddr_storage address;
    char host[64];
    const char *bad = NULL;
    cJSON *root = cJSON_ParseWithLength(text, n), *v;
    int rc = NRS_ERR_FORMAT;

    (void)snprintf(why, 160, "not a JSON object");
    if (!cJSON_IsObject(root))
        goto out;
    cJSON_ArrayForEach(v, root)
    {
        bad = take(&got, v);
        (void)snprintf(why, 160, "%.40s: %s", v->string, bad != NULL ? bad : "");
        if (bad != NULL)
            goto out;
    }
    (void)snprintf(why, 160, "listen: not ADDRESS:PORT");
    if (nrs_col_address_read(got.listen, &address, host, sizeof host) != 0)
        goto out;
    (void)snprintf(why, 160, "page: not ADDRESS:PORT");
    if (nrs_col_address_read(got.page, &address, host, sizeof host) != 0)
        goto out;
    (void)snprintf(why, 160, "proxy_from: not addresses with commas");
    if (!list_is_good(got.proxy_from))
        goto out;
    (void)snprintf(why, 160, "page: %s", nrs_col_page_fault);
    if (!nrs_col_address_is_loopback(got.page))
        goto out;
    *c = got;
    rc = 0;
out:
    cJSON_Delete(root);
    return rc;
}

int nrs_col_config_load(struct nrs_col_config *c, const char *dir, char why[160])
{
    size_t n = 0;
    char *text = nrs_col_file_read(dir, CONFIG_FILE, NRS_COL_CONFIG_MAX, &n);
    int rc = NRS_ERR_IO;

    if (text == NULL)
        (void)snprintf(why, 160, "%s", strerror(errno));
    else
        rc = nrs_col_config_read(c, text, n, why);
    free(text);
    return rc;
}

int nrs_col_config_save(const struct nrs_col_config *c, const char *dir)
{
    char text[1024];
    int n =
        snprintf(text, sizeof text, "{\n  \"listen\": \"%s\",\n  \"page\": \"%s\",\n  \"name\": \"%s\"\n}\n",
                 c->listen, c->page, c->name);

    return nrs_col_file_write(dir, CONFIG_FILE, text, (size_t)n, 0644);
}
