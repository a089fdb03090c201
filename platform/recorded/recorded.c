#include "platform/recorded/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_BYTES  4096
#define NAMED_MAX   5 /* damaged places that are named */
#define DETECT_NEED 4

static void say(const struct nrs_recorded *r, const char *what, const char *detail)
{
    char msg[320];

    if (!r->log || r->st.damaged > NAMED_MAX)
        return;
    snprintf(msg, sizeof msg, "%s:%s%llu: %s%s%s", r->name, r->reader->unit, (unsigned long long)r->place,
             what, detail ? ": " : "", detail ? detail : "");
    r->log(r->log_arg, msg);
}

void nrs_recorded_damage2(struct nrs_recorded *r, const char *what, const char *detail)
{
    r->st.damaged++;
    say(r, what, detail);
}

void nrs_recorded_damage(struct nrs_recorded *r, const char *what)
{
    nrs_recorded_damage2(r, what, NULL);
}

int nrs_recorded_end(struct nrs_recorded *r)
{
    if (r->in.cut) {
        r->in.cut = false;
        r->place++;
        nrs_recorded_damage(r, "the gzip data end too early");
    }
    return r->in.error;
}

int nrs_recorded_line(struct nrs_recorded *r, const char **line, size_t *len)
{
    for (;;) {
        int rc = nrs_input_line(&r->in, line, len);

        if (rc == 0)
            return nrs_recorded_end(r);
        r->place++;
        if (rc < 0) {
            nrs_recorded_damage(r, "line is longer than 64 KiB");
            continue;
        }
        if (*len > 0 && (*line)[*len - 1] == '\r')
            (*len)--;
        if (*len > 0)
            return 1;
    }
}

/* Every record of Suricata says of what type it is; Zeek has no such column. */
static bool is_eve(const uint8_t *b, size_t n)
{
    static const char key[] = "\"event_type\"";
    const uint8_t *newline = memchr(b, '\n', n);

    return memmem(b, newline ? (size_t)(newline - b) : n, key, sizeof key - 1) != NULL;
}

/* pcap's magic number stands in the writer's byte order and also says whether fractions are microseconds or
 * nanoseconds. */
static const struct nrs_reader *detect(const uint8_t *b, size_t n)
{
    static const struct {
        char magic[5];
        const struct nrs_reader *reader;
    } known[] = {
        {"\xa1\xb2\xc3\xd4", &nrs_reader_pcap},   {"\xd4\xc3\xb2\xa1", &nrs_reader_pcap},
        {"\xa1\xb2\x3c\x4d", &nrs_reader_pcap},   {"\x4d\x3c\xb2\xa1", &nrs_reader_pcap},
        {"\x0a\x0d\x0d\x0a", &nrs_reader_pcapng},
    };
    size_t i;

    for (i = 0; n >= DETECT_NEED && i < sizeof known / sizeof *known; i++) {
        if (memcmp(b, known[i].magic, DETECT_NEED) == 0)
            return known[i].reader;
    }
    if (n > 0 && b[0] == '#')
        return &nrs_reader_zeek_tsv;
    if (n > 0 && b[0] == '{')
        return is_eve(b, n) ? &nrs_reader_eve : &nrs_reader_zeek_json;
    return NULL;
}

static uint32_t fnv1a(const uint8_t *b, size_t n)
{
    uint32_t h = 2166136261u;

    while (n-- > 0)
        h = (h ^ *b++) * 16777619u;
    return h;
}

static void keep_name(struct nrs_recorded *r, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (strcmp(path, "-") == 0)
        path = "standard input";
    else if (slash && slash[1])
        path = slash + 1;
    snprintf(r->name, sizeof r->name, "%s", path);
}

int nrs_recorded_open(struct nrs_recorded **out, const char *path, void (*log)(void *arg, const char *msg),
                      void *log_arg)
{
    struct nrs_recorded *r = calloc(1, sizeof *r);
    size_t n;
    int rc;

    if (!r)
        return -ENOMEM;
    r->log = log;
    r->log_arg = log_arg;
    keep_name(r, path);
    rc = nrs_input_open(&r->in, path);
    if (rc)
        goto out;
    n = nrs_input_need(&r->in, MARK_BYTES);
    r->mark = fnv1a(r->in.buf + r->in.at, n < MARK_BYTES ? n : MARK_BYTES);
    r->reader = detect(r->in.buf + r->in.at, n);
    rc = r->reader ? r->reader->open(r) : r->in.error ? r->in.error : -EPROTONOSUPPORT;
out:
    if (rc)
        nrs_recorded_close(r);
    else
        *out = r;
    return rc;
}

int nrs_recorded_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg)
{
    return r->reader->drain(r, max, fn, arg);
}

const char *nrs_recorded_format(const struct nrs_recorded *r)
{
    return r->reader->format;
}

uint32_t nrs_recorded_mark(const struct nrs_recorded *r)
{
    return r->mark;
}

void nrs_recorded_stats(const struct nrs_recorded *r, struct nrs_recorded_stats *st)
{
    *st = r->st;
    st->bytes_done = r->in.bytes_done;
    st->bytes_total = r->in.bytes_total;
}

const char *nrs_recorded_reason(int err)
{
    switch (-err) {
    case EPROTONOSUPPORT: return "not a Zeek conn.log, EVE log, pcap or pcapng that can be read";
    case EBADMSG: return "damaged; what follows cannot be read";
    default: return strerror(-err);
    }
}

void nrs_recorded_close(struct nrs_recorded *r)
{
    if (!r)
        return;
    nrs_input_close(&r->in);
    free(r->state);
    free(r);
}
