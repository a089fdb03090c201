#include "tools/collector/records/line.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cJSON.h>

#include "models/base/error.h"
#include "tools/collector/records/name.h"
#include "tools/collector/records/text.h"

static struct {
    _Alignas(max_align_t) unsigned char bytes[NRS_COL_ARENA];
    size_t used;
} arena;

static void *arena_take(size_t n)
{
    size_t want = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    void *p = arena.bytes + arena.used;

    if (want < n || want > sizeof arena.bytes - arena.used)
        return NULL;
    arena.used += want;
    return p;
}

/* The whole arena is given back at once, before the next line. */
static void arena_free(void *p)
{
    (void)p;
}

void nrs_col_line_init(void)
{
    cJSON_Hooks hooks = {.malloc_fn = arena_take, .free_fn = arena_free};

    cJSON_InitHooks(&hooks);
}

static int refuse(char why[NRS_COL_WHY], const char *place, const char *what)
{
    (void)snprintf(why, NRS_COL_WHY, "%s: %s", place, what);
    return NRS_ERR_FORMAT;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int nrs_col_event_split(const char *event, char boot[NRS_COL_BOOT_MAX + 1], uint64_t *seq)
{
    const char *last = strrchr(event, '-'), *first = last;
    uint64_t value = 0;
    size_t n;

    while (first != NULL && first > event && first[-1] != '-')
        first--;
    if (last == NULL || first == event || first == last || (size_t)(last - first) > NRS_COL_BOOT_MAX)
        return NRS_ERR_FORMAT;
    n = strlen(last + 1);
    if (n == 0 || n > 15 || first - 1 == event || first - 1 - event > 64)
        return NRS_ERR_FORMAT;
    for (const char *p = event; p < first - 1; p++) {
        if (!nrs_col_is_name_char(*p))
            return NRS_ERR_FORMAT;
    }
    for (const char *p = first; p < last; p++) {
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
            return NRS_ERR_FORMAT;
    }
    for (const char *p = last + 1; *p != '\0'; p++) {
        if (hex_value(*p) < 0)
            return NRS_ERR_FORMAT;
        value = value << 4 | (uint64_t)hex_value(*p);
    }
    memcpy(boot, first, (size_t)(last - first));
    boot[last - first] = '\0';
    *seq = value;
    return 0;
}

/* One spelling for one address, whatever the device wrote: the store groups by it. */
static bool address_take(char out[NRS_COL_ADDR_MAX], const char *s)
{
    unsigned char raw[16];

    if (inet_pton(AF_INET, s, raw) == 1)
        return inet_ntop(AF_INET, raw, out, NRS_COL_ADDR_MAX) != NULL;
    return inet_pton(AF_INET6, s, raw) == 1 && inet_ntop(AF_INET6, raw, out, NRS_COL_ADDR_MAX) != NULL;
}

/* Does a well-formed event.id name this device? */
static bool is_of(const char *event, const char *device)
{
    size_t n = strlen(device);

    return strncmp(event, device, n) == 0 && event[n] == '-' &&
           strchr(event + n + 1, '-') == strrchr(event, '-') && strchr(event + n + 1, '-') != NULL;
}

static int take(struct nrs_col_record *r, const struct nrs_col_fields *f, const char *device,
                char why[NRS_COL_WHY])
{
    char other[NRS_COL_ADDR_MAX];

    if (nrs_col_event_split(f->text[NRS_COL_F_EVENT], r->boot, &r->seq) != 0)
        return refuse(why, "event.id", "not <host>-<boot>-<seq>");
    if (!is_of(f->text[NRS_COL_F_EVENT], device))
        return refuse(why, "event.id", "its host is not the name in the device's certificate");
    (void)snprintf(r->event, sizeof r->event, "%s", f->text[NRS_COL_F_EVENT]);
    r->kind = f->kind;
    r->risk = (uint8_t)f->number[NRS_COL_F_RISK];
    r->port = (uint16_t)f->number[NRS_COL_F_PORT];
    r->d = (uint32_t)f->number[NRS_COL_F_D];
    r->n_dropped = f->n_dropped;
    if (f->text[NRS_COL_F_SRC] != NULL && !address_take(other, f->text[NRS_COL_F_SRC]))
        return refuse(why, "source.ip", "not an address");
    if (f->text[NRS_COL_F_DST] != NULL && !address_take(r->dst, f->text[NRS_COL_F_DST]))
        return refuse(why, "destination.ip", "not an address");
    if (f->text[NRS_COL_F_VERSION] != NULL)
        (void)snprintf(r->version, sizeof r->version, "%s", f->text[NRS_COL_F_VERSION]);
    return 0;
}

int nrs_col_line_parse(struct nrs_col_fields *f, const char *s, size_t n, char why[NRS_COL_WHY])
{
    const char *end = NULL, *bad;
    cJSON *root;

    if (n > NRS_COL_LINE_MAX)
        return refuse(why, "size", "above 2048 bytes");
    bad = nrs_col_text_check(s, n);
    if (bad != NULL)
        return refuse(why, "text", bad);
    arena.used = 0;
    root = cJSON_ParseWithLengthOpts(s, n, &end, 0);
    while (root != NULL && end < s + n && (*end == ' ' || *end == '\t'))
        end++;
    if (!cJSON_IsObject(root) || end != s + n)
        return refuse(why, "text", "not one JSON object");
    return nrs_col_fields_read(f, root, why);
}

int nrs_col_line_read(struct nrs_col_record *r, char out[NRS_COL_LINE_MAX + 1], const char *device,
                      const char *s, size_t n, char why[NRS_COL_WHY])
{
    struct nrs_col_record got = {.line = out};
    struct nrs_col_fields fields;
    struct nrs_text t;
    int rc = nrs_col_line_parse(&fields, s, n, why);

    if (rc == 0)
        rc = take(&got, &fields, device, why);
    if (rc != 0)
        return rc;
    nrs_text_init(&t, out, NRS_COL_LINE_MAX + 1);
    nrs_text_raw(&t, "{");
    nrs_col_fields_write(&t, &fields, device);
    nrs_text_raw(&t, "}");
    if (t.full)
        return refuse(why, "size", "above 2048 bytes");
    got.len = t.len;
    *r = got;
    return 0;
}
