#include "platform/flowsrc_ops.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_ERROR, LOG_WARNING, LOG_INFO };

struct member {
    const struct nrs_flowsrc_ops *ops;
    void *state;
    bool failing; /* its last drain failed */
};

struct nrs_flowsrc {
    const struct nrs_flowsrc_ops *const *table;
    struct nrs_flowsrc_conf conf;
    struct member member[NRS_FLOWSRC_MAX];
    unsigned n, first; /* members; which one the next drain begins with */
    char names[NRS_FLOWSRC_NAMES_MAX];
    char note[NRS_FLOWSRC_MAX * (128 + 16)];
};

/* Names that may stand in a configuration before this build knows them. */
static const char *const planned[] = {"conntrack", "diag", NULL};

void nrs_flowsrc_log(const struct nrs_flowsrc_conf *c, int level, const char *format, ...)
{
    char line[256] = "flowsrc: ";
    size_t prefix = strlen(line);
    va_list args;

    if (!c->log)
        return;
    va_start(args, format);
    vsnprintf(line + prefix, sizeof line - prefix, format, args);
    va_end(args);
    c->log(c->log_arg, level, line);
}

static struct nrs_flowsrc_conf with_defaults(const struct nrs_flowsrc_conf *c)
{
    struct nrs_flowsrc_conf full = *c;

    if (!full.order || !*full.order)
        full.order = "auto";
    if (!full.ifaces)
        full.ifaces = "";
    if (!full.max_sources)
        full.max_sources = 1;
    if (!full.buf_bytes)
        full.buf_bytes = 262144;
    if (!full.poll_ms)
        full.poll_ms = 30000;
    if (!full.max_open)
        full.max_open = 4096;
    return full;
}

static bool is_name(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && memcmp(name, text, len) == 0;
}

static const struct nrs_flowsrc_ops *find(const struct nrs_flowsrc_ops *const *table, const char *text,
                                          size_t len)
{
    for (const struct nrs_flowsrc_ops *const *ops = table; *ops; ops++)
        if (is_name((*ops)->name, text, len))
            return *ops;
    return NULL;
}

static bool is_planned(const char *text, size_t len)
{
    for (const char *const *name = planned; *name; name++)
        if (is_name(*name, text, len))
            return true;
    return false;
}

static bool is_full(const struct nrs_flowsrc *s)
{
    return s->n == s->conf.max_sources;
}

static bool is_member(const struct nrs_flowsrc *s, const struct nrs_flowsrc_ops *ops)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->member[i].ops == ops)
            return true;
    return false;
}

/* 0 if this source works from now on, or did already. */
static int try_source(struct nrs_flowsrc *s, const struct nrs_flowsrc_ops *ops)
{
    struct member *m = &s->member[s->n];
    struct nrs_why why;
    int rc;

    if (is_member(s, ops))
        return 0;
    rc = ops->open(&m->state, &s->conf, &why);
    if (rc) {
        nrs_flowsrc_log(&s->conf, LOG_WARNING, "%s: %s", ops->name, why.text);
        return rc;
    }
    m->ops = ops;
    s->n++;
    nrs_flowsrc_log(&s->conf, LOG_INFO, "using %s; %s", ops->name, ops->note);
    return 0;
}

static int try_all(struct nrs_flowsrc *s)
{
    int rc = -ENOSYS;

    for (const struct nrs_flowsrc_ops *const *ops = s->table; *ops && !is_full(s); ops++)
        rc = try_source(s, *ops);
    return rc;
}

static int try_named(struct nrs_flowsrc *s, const char *text, size_t len)
{
    const struct nrs_flowsrc_ops *ops = find(s->table, text, len);

    if (is_name("auto", text, len))
        return try_all(s);
    if (ops)
        return try_source(s, ops);
    nrs_flowsrc_log(&s->conf, LOG_WARNING, "%.*s: %s", (int)(len > 40 ? 40 : len), text,
                    is_planned(text, len) ? "not built yet" : "no such source");
    return -ENOSYS;
}

/* The first of the comma-separated names that work, as many as the set takes. 0 if there is one. */
static int try_in_order(struct nrs_flowsrc *s)
{
    const char *at = s->conf.order;
    int rc = -ENOSYS;

    while (*at && !is_full(s)) {
        size_t len = strcspn(at, ", ");

        if (len)
            rc = try_named(s, at, len);
        at += len;
        at += strspn(at, ", ");
    }
    return s->n ? 0 : rc;
}

static void append(char *text, size_t cap, const char *more)
{
    size_t len = strlen(text);

    snprintf(text + len, cap - len, "%s", more);
}

/* A single source needs no name before its note. */
static void join_names(struct nrs_flowsrc *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        const struct nrs_flowsrc_ops *ops = s->member[i].ops;

        append(s->names, sizeof s->names, i ? "," : "");
        append(s->names, sizeof s->names, ops->name);
        append(s->note, sizeof s->note, i ? "; " : "");
        append(s->note, sizeof s->note, s->n > 1 ? ops->name : "");
        append(s->note, sizeof s->note, s->n > 1 ? ": " : "");
        append(s->note, sizeof s->note, ops->note);
    }
}

int nrs_flowsrc_open_from(struct nrs_flowsrc **out, const struct nrs_flowsrc_conf *c,
                          const struct nrs_flowsrc_ops *const *table)
{
    struct nrs_flowsrc *s;
    int rc;

    if (c->max_sources > NRS_FLOWSRC_MAX)
        return -EINVAL;
    s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->table = table;
    s->conf = with_defaults(c);
    rc = try_in_order(s);
    if (rc) {
        nrs_flowsrc_log(&s->conf, LOG_ERROR, "no source works; nothing is watched");
        free(s);
        return rc;
    }
    join_names(s);
    *out = s;
    return 0;
}

int nrs_flowsrc_open(struct nrs_flowsrc **out, const struct nrs_flowsrc_conf *c)
{
    return nrs_flowsrc_open_from(out, c, nrs_flowsrc_table);
}

int nrs_flowsrc_is_name(const char *name)
{
    return strcmp(name, "auto") == 0 || find(nrs_flowsrc_table, name, strlen(name)) != NULL;
}

int nrs_flowsrc_probe(const char *name, struct nrs_why *why)
{
    const struct nrs_flowsrc_ops *ops = find(nrs_flowsrc_table, name, strlen(name));
    struct nrs_flowsrc_conf c = with_defaults(&(struct nrs_flowsrc_conf){.max_open = 16});
    void *state = NULL;
    int rc;

    if (!ops)
        return nrs_why(why, -ENOSYS, "%s",
                       is_planned(name, strlen(name)) ? "not built yet" : "no such source");
    rc = ops->open(&state, &c, why);
    if (rc)
        return rc;
    nrs_why(why, 0, "works; %s", ops->note);
    ops->close(state);
    return 0;
}

unsigned nrs_flowsrc_count(const struct nrs_flowsrc *s)
{
    return s->n;
}

const char *nrs_flowsrc_name(const struct nrs_flowsrc *s)
{
    return s->names;
}

const char *nrs_flowsrc_coverage_note(const struct nrs_flowsrc *s)
{
    return s->note;
}

uint8_t nrs_flowsrc_coverage(const struct nrs_flowsrc *s)
{
    unsigned bits = NRS_COVER_FULL;

    for (unsigned i = 0; i < s->n; i++) {
        const struct member *m = &s->member[i];

        bits |= m->ops->coverage(m->state);
        if (m->failing)
            bits |= NRS_COVER_LOSSY;
    }
    return (uint8_t)bits;
}

int nrs_flowsrc_fd(const struct nrs_flowsrc *s, unsigned i)
{
    return s->member[i].ops->fd(s->member[i].state);
}

int nrs_flowsrc_wait_ms(const struct nrs_flowsrc *s, uint64_t now_ns)
{
    int shortest = -1;

    for (unsigned i = 0; i < s->n; i++) {
        int ms = s->member[i].ops->wait_ms(s->member[i].state, now_ns);

        if (ms >= 0 && (shortest < 0 || ms < shortest))
            shortest = ms;
    }
    return shortest;
}

static int drain_member(struct nrs_flowsrc *s, struct member *m, uint64_t now_ns, int max, nrs_flow_fn fn,
                        void *arg)
{
    int n = m->ops->drain(m->state, now_ns, max, fn, arg);

    if (n < 0 && !m->failing)
        nrs_flowsrc_log(&s->conf, LOG_WARNING, "%s: %s", m->ops->name, strerror(-n));
    else if (n >= 0 && m->failing)
        nrs_flowsrc_log(&s->conf, LOG_INFO, "%s: works again", m->ops->name);
    m->failing = n < 0;
    return n;
}

int nrs_flowsrc_drain(struct nrs_flowsrc *s, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg)
{
    int delivered = 0, error = 0;
    bool works = false;

    s->first = (s->first + 1) % s->n;
    for (unsigned i = 0; i < s->n && delivered < max; i++) {
        int n = drain_member(s, &s->member[(s->first + i) % s->n], now_ns, max - delivered, fn, arg);

        if (n < 0) {
            error = n;
        } else {
            works = true;
            delivered += n;
        }
    }
    return works ? delivered : error;
}

void nrs_flowsrc_stats(const struct nrs_flowsrc *s, struct nrs_flowsrc_stats *st)
{
    memset(st, 0, sizeof *st);
    for (unsigned i = 0; i < s->n; i++) {
        struct nrs_flowsrc_stats one = {0};

        s->member[i].ops->stats(s->member[i].state, &one);
        st->events += one.events;
        st->lost += one.lost;
        st->wakeups += one.wakeups;
        st->errors += one.errors;
        st->open += one.open;
        st->open_evicted += one.open_evicted;
    }
}

void nrs_flowsrc_close(struct nrs_flowsrc *s)
{
    if (!s)
        return;
    for (unsigned i = 0; i < s->n; i++)
        s->member[i].ops->close(s->member[i].state);
    free(s);
}
