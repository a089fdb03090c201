#include "platform/flowsrc_ops.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_ERROR, LOG_WARNING, LOG_INFO };

struct nrs_flowsrc {
    const struct nrs_flowsrc_ops *ops;
    void *state;
    struct nrs_flowsrc_conf conf;
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

static const struct nrs_flowsrc_ops *find(const char *text, size_t len)
{
    for (const struct nrs_flowsrc_ops *const *ops = nrs_flowsrc_table; *ops; ops++)
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

/* 0 if this source works from now on. */
static int try_source(struct nrs_flowsrc *s, const struct nrs_flowsrc_ops *ops)
{
    struct nrs_why why;
    int rc = ops->open(&s->state, &s->conf, &why);

    if (rc) {
        nrs_flowsrc_log(&s->conf, LOG_WARNING, "%s: %s", ops->name, why.text);
        return rc;
    }
    s->ops = ops;
    nrs_flowsrc_log(&s->conf, LOG_INFO, "using %s; %s", ops->name, ops->note);
    return 0;
}

static int try_all(struct nrs_flowsrc *s)
{
    int rc = -ENOSYS;

    for (const struct nrs_flowsrc_ops *const *ops = nrs_flowsrc_table; *ops && rc; ops++)
        rc = try_source(s, *ops);
    return rc;
}

static int try_named(struct nrs_flowsrc *s, const char *text, size_t len)
{
    const struct nrs_flowsrc_ops *ops = find(text, len);

    if (is_name("auto", text, len))
        return try_all(s);
    if (ops)
        return try_source(s, ops);
    nrs_flowsrc_log(&s->conf, LOG_WARNING, "%.*s: %s", (int)(len > 40 ? 40 : len), text,
                    is_planned(text, len) ? "not built yet" : "no such source");
    return -ENOSYS;
}

/* The first of the comma-separated names that works. */
static int try_in_order(struct nrs_flowsrc *s)
{
    const char *at = s->conf.order;
    int rc = -ENOSYS;

    while (*at && rc) {
        size_t len = strcspn(at, ", ");

        if (len)
            rc = try_named(s, at, len);
        at += len;
        at += strspn(at, ", ");
    }
    return rc;
}

int nrs_flowsrc_open(struct nrs_flowsrc **out, const struct nrs_flowsrc_conf *c)
{
    struct nrs_flowsrc *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return -ENOMEM;
    s->conf = with_defaults(c);
    rc = try_in_order(s);
    if (rc) {
        nrs_flowsrc_log(&s->conf, LOG_ERROR, "no source works; nothing is watched");
        free(s);
        return rc;
    }
    *out = s;
    return 0;
}

int nrs_flowsrc_probe(const char *name, struct nrs_why *why)
{
    const struct nrs_flowsrc_ops *ops = find(name, strlen(name));
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

const char *nrs_flowsrc_name(const struct nrs_flowsrc *s)
{
    return s->ops->name;
}

const char *nrs_flowsrc_coverage_note(const struct nrs_flowsrc *s)
{
    return s->ops->note;
}

enum nrs_coverage nrs_flowsrc_coverage(const struct nrs_flowsrc *s)
{
    return s->ops->coverage(s->state);
}

int nrs_flowsrc_fd(const struct nrs_flowsrc *s)
{
    return s->ops->fd(s->state);
}

int nrs_flowsrc_wait_ms(const struct nrs_flowsrc *s, uint64_t now_ns)
{
    return s->ops->wait_ms(s->state, now_ns);
}

int nrs_flowsrc_drain(struct nrs_flowsrc *s, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg)
{
    return s->ops->drain(s->state, now_ns, max, fn, arg);
}

void nrs_flowsrc_stats(const struct nrs_flowsrc *s, struct nrs_flowsrc_stats *st)
{
    memset(st, 0, sizeof *st);
    s->ops->stats(s->state, st);
}

void nrs_flowsrc_close(struct nrs_flowsrc *s)
{
    if (!s)
        return;
    s->ops->close(s->state);
    free(s);
}
