#include "platform/recorded/text.h"

#include <stdlib.h>

/* The next line in *line until the next call: without CR and LF, not empty, counted in r->place. Overlong
 * lines are damage. Returns 1, 0 at the end, or the negative errno that ended the input. */
static int next_line(struct nrs_recorded *r, const char **line, size_t *len)
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

/* Syslog and others put a header before the object. */
static int next_object_line(struct nrs_recorded *r, const char **line, size_t *len)
{
    int rc = next_line(r, line, len);
    const char *brace = rc > 0 ? memchr(*line, '{', *len) : NULL;

    if (brace && r->shape == NRS_SHAPE_PREFIXED) {
        *len -= (size_t)(brace - *line);
        *line = brace;
    }
    return rc;
}

/* Passes over what stands between the objects of an array. False at the end of the input. */
static bool find_object(struct nrs_recorded *r)
{
    bool foreign = false;

    while (nrs_input_need(&r->in, 1) > 0) {
        uint8_t c = r->in.buf[r->in.at];

        if (c == '{')
            break;
        foreign |= !strchr(" \t\r\n,[]", c) || c == '\0';
        r->in.at++;
    }
    r->place++;
    if (foreign)
        nrs_recorded_damage(r, "something else than objects in the array before it");
    return r->in.at < r->in.end;
}

size_t nrs_text_object(const char *text, size_t n)
{
    bool quoted = false;
    int depth = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        char c = text[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '}'))
            depth += c == '{' ? 1 : -1;
        if (depth == 0)
            return i + 1;
    }
    return 0;
}

/* The same for an object, which may go over several lines. */
static int next_object(struct nrs_recorded *r, const char **text, size_t *len)
{
    while (find_object(r)) {
        size_t have = nrs_input_need(&r->in, NRS_INPUT_RUN);

        *text = (const char *)r->in.buf + r->in.at;
        *len = nrs_text_object(*text, have < NRS_INPUT_RUN ? have : NRS_INPUT_RUN);
        if (*len > 0) {
            r->in.at += *len;
            return 1;
        }
        r->in.at += have < NRS_INPUT_RUN ? have : NRS_INPUT_RUN;
        if (!r->in.cut)
            nrs_recorded_damage(r, have < NRS_INPUT_RUN ? "the file ends inside it" : "longer than 64 KiB");
    }
    return nrs_recorded_end(r);
}

/* What stands between two quotes, and what stands between two strings. */
static int next_string(struct nrs_recorded *r, const char **text, size_t *len)
{
    for (;;) {
        size_t have = nrs_input_need(&r->in, NRS_INPUT_RUN);
        const char *start = (const char *)r->in.buf + r->in.at, *quote = memchr(start, '"', have);

        if (have == 0)
            return nrs_recorded_end(r);
        *text = start;
        *len = quote ? (size_t)(quote - start) : have;
        r->in.at += *len + (quote != NULL);
        r->place++;
        if (*len > 0 && *len <= NRS_INPUT_RUN)
            return 1;
    }
}

static int next_record(struct nrs_recorded *r, const char **text, size_t *len)
{
    if (r->shape == NRS_SHAPE_STRINGS)
        return next_string(r, text, len);
    if (r->shape == NRS_SHAPE_OBJECTS)
        return next_object(r, text, len);
    return r->shape == NRS_SHAPE_PREFIXED ? next_object_line(r, text, len) : next_line(r, text, len);
}

void nrs_text_flow(void *recorded, const struct nrs_flow *f, const char *name)
{
    struct nrs_recorded *r = recorded;

    r->delivered++;
    r->fn(r->arg, f, name);
}

bool nrs_text_half(struct nrs_recorded *r, const struct nrs_half *half)
{
    if (!r->halves)
        r->halves = calloc(1, sizeof *r->halves);
    if (!r->halves) {
        nrs_recorded_damage(r, "out of memory");
        return false;
    }
    nrs_halves_take(r->halves, half, nrs_text_flow, r);
    return true;
}

int nrs_text_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg)
{
    r->fn = fn;
    r->arg = arg;
    r->delivered = 0;
    while (r->delivered < max) {
        const char *text;
        size_t len;
        int rc = next_record(r, &text, &len);

        if (rc <= 0) {
            if (r->halves)
                nrs_halves_end(r->halves, nrs_text_flow, r);
            return r->delivered > 0 ? r->delivered : rc;
        }
        r->st.records += r->reader->take(r, text, len);
    }
    return r->delivered;
}
