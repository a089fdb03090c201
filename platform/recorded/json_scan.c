#include "platform/recorded/json_scan.h"

#include <string.h>

struct scan {
    const char *p, *end;
    nrs_json_fn fn;
    void *arg;
    const char *wrong; /* set once; everything returns false after it */
    bool stopped;
    int depth;
    size_t path_len; /* NRS_JSON_PATH_MAX or more: too long to be kept */
    char path[NRS_JSON_PATH_MAX];
};

static bool fail(struct scan *s, const char *wrong)
{
    s->wrong = wrong;
    return false;
}

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

static bool take(struct scan *s, char c)
{
    skip_blanks(s);
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

/* s->p stands behind the opening quote. A quote ends the string unless an odd number of backslashes precedes
 * it. */
static bool string_body(struct scan *s, const char **text, size_t *len)
{
    const char *start = s->p, *from = s->p;

    for (;;) {
        const char *quote = memchr(from, '"', (size_t)(s->end - from)), *back = quote;

        if (!quote)
            return fail(s, "a string does not end");
        while (back > start && back[-1] == '\\')
            back--;
        if ((quote - back) % 2 == 0) {
            *text = start;
            *len = (size_t)(quote - start);
            s->p = quote + 1;
            return true;
        }
        from = quote + 1;
    }
}

/* s->p stands behind the opening bracket: finds the one that closes it, minding strings. */
static bool array_body(struct scan *s, struct nrs_json_value *v)
{
    const char *start = s->p, *text;
    size_t len;
    int open = 1;

    while (open > 0) {
        char c;

        if (s->p == s->end)
            return fail(s, "an array does not end");
        c = *s->p++;
        if (c == '"' && !string_body(s, &text, &len))
            return false;
        open += (c == '[') - (c == ']');
    }
    *v = (struct nrs_json_value){.type = NRS_JSON_ARRAY, .text = start, .len = (size_t)(s->p - 1 - start)};
    return true;
}

static bool is_number_char(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

static bool plain_value(struct scan *s, struct nrs_json_value *v)
{
    const char *start = s->p;
    bool number = s->p < s->end && is_number_char(*s->p) && *s->p != 'e' && *s->p != 'E';

    while (s->p < s->end && (number ? is_number_char(*s->p) : *s->p >= 'a' && *s->p <= 'z'))
        s->p++;
    if (s->p == start)
        return fail(s, "a value is missing");
    v->type = number ? NRS_JSON_NUMBER : NRS_JSON_WORD;
    v->text = start;
    v->len = (size_t)(s->p - start);
    return true;
}

static bool report(struct scan *s, struct nrs_json_value *v)
{
    v->path = s->path;
    v->path_len = s->path_len < NRS_JSON_PATH_MAX ? s->path_len : 0;
    s->stopped = !s->fn(s->arg, v);
    return !s->stopped;
}

static bool object_body(struct scan *s);

static bool value(struct scan *s)
{
    struct nrs_json_value v;

    skip_blanks(s);
    if (take(s, '{'))
        return object_body(s);
    if (take(s, '['))
        return array_body(s, &v) && report(s, &v);
    if (take(s, '"')) {
        v.type = NRS_JSON_STRING;
        return string_body(s, &v.text, &v.len) && report(s, &v);
    }
    return plain_value(s, &v) && report(s, &v);
}

/* Appends a key to the path. The path is as long as it would be, so that taking the key off is one
 * assignment. */
static void extend_path(struct scan *s, const char *key, size_t len)
{
    size_t dot = s->path_len > 0;

    if (s->path_len + dot + len <= NRS_JSON_PATH_MAX) {
        if (dot)
            s->path[s->path_len] = '.';
        memcpy(s->path + s->path_len + dot, key, len);
    }
    s->path_len += dot + len;
}

static bool member(struct scan *s)
{
    size_t outer = s->path_len, len;
    const char *key;

    if (!take(s, '"'))
        return fail(s, "a key is missing");
    if (!string_body(s, &key, &len))
        return false;
    extend_path(s, key, len);
    if (!take(s, ':'))
        return fail(s, "a colon is missing");
    if (!value(s))
        return false;
    s->path_len = outer;
    return true;
}

/* s->p stands behind the opening brace. */
static bool object_body(struct scan *s)
{
    if (++s->depth > NRS_JSON_DEPTH)
        return fail(s, "nested too deeply");
    if (!take(s, '}')) {
        do {
            if (!member(s))
                return false;
        } while (take(s, ','));
        if (!take(s, '}'))
            return fail(s, "the object does not end");
    }
    s->depth--;
    return true;
}

const char *nrs_json_scan(const char *text, size_t len, nrs_json_fn fn, void *arg)
{
    struct scan s = {.p = text, .end = text + len, .fn = fn, .arg = arg};

    if (!take(&s, '{'))
        return "not a JSON object";
    if (!object_body(&s))
        return s.wrong;
    skip_blanks(&s);
    return s.p == s.end ? NULL : "something follows the object";
}
