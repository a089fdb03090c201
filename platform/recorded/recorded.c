#include "platform/recorded/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/detect.h"
#include "platform/recorded/text.h"

#define MARK_BYTES 4096
#define NAMED_MAX  5 /* damaged places that are named */

static const char *unit(const struct nrs_recorded *r)
{
    return r->reader->unit ? r->reader->unit : r->shape == NRS_SHAPE_OBJECTS ? "object " : "";
}

static void say(const struct nrs_recorded *r, const char *what, const char *detail)
{
    char msg[320];

    if (!r->log || r->st.damaged > NAMED_MAX)
        return;
    snprintf(msg, sizeof msg, "%s:%s%llu: %s%s%s", r->name, unit(r), (unsigned long long)r->place, what,
             detail ? ": " : "", detail ? detail : "");
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
        r->st.cut = true;
        r->place++;
        nrs_recorded_damage2(r, "the packed data end too early", nrs_input_packing(&r->in));
    }
    return r->in.error;
}

int nrs_recorded_refuse(struct nrs_recorded *r, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(r->why, sizeof r->why, format, ap);
    va_end(ap);
    return -EPROTONOSUPPORT;
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

static int open_reader(struct nrs_recorded *r)
{
    size_t n = nrs_input_need(&r->in, MARK_BYTES);
    int rc;

    r->mark = fnv1a(r->in.buf + r->in.at, n < MARK_BYTES ? n : MARK_BYTES);
    rc = n == 0 && r->in.error ? r->in.error : nrs_detect(r);
    return rc || !r->reader->open ? rc : r->reader->open(r);
}

int nrs_recorded_open(struct nrs_recorded **out, const char *path, const struct nrs_recorded_conf *conf,
                      char why[NRS_RECORDED_WHY])
{
    struct nrs_recorded *r = calloc(1, sizeof *r);
    int rc = r ? 0 : -ENOMEM;

    if (r) {
        r->log = conf->log;
        r->log_arg = conf->log_arg;
        r->fields = conf->fields;
        keep_name(r, path);
        rc = nrs_input_open(&r->in, path);
        if (!rc)
            rc = open_reader(r);
    }
    if (rc) {
        snprintf(why, NRS_RECORDED_WHY, "%s", r && *r->why ? r->why : nrs_recorded_reason(rc));
        nrs_recorded_close(r);
    } else {
        *out = r;
    }
    return rc;
}

int nrs_recorded_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg)
{
    return r->reader->drain ? r->reader->drain(r, max, fn, arg) : nrs_text_drain(r, max, fn, arg);
}

const char *nrs_recorded_format(const struct nrs_recorded *r)
{
    return r->reader->format;
}

bool nrs_recorded_has_names_only(const struct nrs_recorded *r)
{
    return r->names != NRS_NAMES_NONE;
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
    case EPROTONOSUPPORT: return "not in a format that is read here";
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
    free(r->wrap.plain);
    free(r->halves);
    free(r);
}
