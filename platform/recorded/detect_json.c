/* Whose records the objects of a file are, and in what they are wrapped. The first objects are looked at
 * until one tells; a member tells by the end of its path, and what stands before is the wrapping:
 *
 *   id.orig_h   "_source.id.orig_h"         Zeek
 *   event_type  "result.event_type"         Suricata
 *   source.ip   "_source.source.ip"         Elastic Common Schema (Filebeat's modules, Packetbeat)
 *   src4_addr   "src4_addr"                 nfdump
 *   flowTuples                              Azure; its records are not the objects
 *   message     "{\"ts\":..."               any of them, as text */
#include "platform/recorded/detect.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/recorded/text.h"
#include "platform/recorded/zeek_fields.h"

#define OBJECTS_MAX 50 /* looked at before the file counts as none of ours */

struct look {
    struct nrs_json_wrap wrap; /* of the record that is looked at */
    const struct nrs_reader *reader;
    bool is_conn;      /* it has what only conn.log has */
    const char *other; /* another log of Zeek */
    char keys[64];     /* the first ones, for a refusal */
};

static bool path_ends(const struct nrs_json_value *v, const char *with, size_t *before)
{
    size_t n = strlen(with);

    if (v->path_len < n || memcmp(v->path + v->path_len - n, with, n) != 0)
        return false;
    *before = v->path_len - n;
    return *before == 0 || v->path[*before - 1] == '.';
}

/* Zeek's "id" and "orig_h" with whatever byte between them. */
static bool is_originator(const struct nrs_json_value *v, size_t *before)
{
    size_t n = sizeof "id.orig_h" - 1;

    if (v->path_len < n || nrs_zeek_field_of(v->path + v->path_len - n, n) != NRS_ZEEK_ORIG_H)
        return false;
    *before = v->path_len - n;
    return *before == 0 || v->path[*before - 1] == '.';
}

static void keep_prefix(struct look *l, const struct nrs_reader *reader, const char *path, size_t before)
{
    l->reader = reader;
    memcpy(l->wrap.prefix, path, before);
    l->wrap.prefix_len = before;
}

static void keep_inside(struct look *l, const struct nrs_json_value *v)
{
    memcpy(l->wrap.inside, v->path, v->path_len);
    l->wrap.inside_len = v->path_len;
}

static void keep_key(struct look *l, const struct nrs_json_value *v)
{
    size_t n = strlen(l->keys);

    if (v->path_len > 0 && n + v->path_len + 3 < sizeof l->keys)
        snprintf(l->keys + n, sizeof l->keys - n, "%s%.*s", n ? ", " : "", (int)v->path_len, v->path);
}

static bool look_at(void *arg, const struct nrs_json_value *v)
{
    struct look *l = arg;
    const char *other;
    size_t before;

    keep_key(l, v);
    if (path_ends(v, "source.ip", &before) || path_ends(v, "src4_addr", &before) ||
        path_ends(v, "src6_addr", &before))
        keep_prefix(l, &nrs_reader_exported_json, v->path, before); /* Filebeat puts the original beside it */
    else if (is_originator(v, &before) && !l->reader)
        keep_prefix(l, &nrs_reader_zeek_json, v->path, before);
    else if (path_ends(v, "event_type", &before) && !l->reader)
        keep_prefix(l, &nrs_reader_eve, v->path, before);
    else if (v->type == NRS_JSON_STRING && v->len > 2 && v->text[0] == '{' && v->path_len > 0)
        keep_inside(l, v);
    l->is_conn |= path_ends(v, "conn_state", &before) ||
                  (path_ends(v, "_path", &before) && v->len >= 4 && memcmp(v->text, "conn", 4) == 0);
    other = v->path_len > l->wrap.prefix_len
                ? nrs_zeek_other_log(v->path + l->wrap.prefix_len, v->path_len - l->wrap.prefix_len)
                : NULL;
    l->other = other ? other : l->other;
    return true;
}

/* Looks at the record of one object, at one that is text in it too. False if it tells nothing. */
static bool look_into(struct nrs_recorded *r, struct look *l, const char *text, size_t len)
{
    *l = (struct look){.reader = NULL};
    nrs_json_scan(text, len, look_at, l);
    if (l->reader)
        l->wrap.inside_len = 0; /* the record is here; the text in it is a copy */
    if (!l->reader && l->wrap.inside_len > 0) {
        struct look inner = {.wrap = l->wrap};

        if (!r->wrap.plain)
            r->wrap.plain = malloc(NRS_INPUT_RUN);
        if (!r->wrap.plain)
            return false;
        inner.wrap.plain = r->wrap.plain;
        nrs_json_wrap_scan(&inner.wrap, text, len, look_at, &inner);
        *l = inner;
    }
    return l->reader != NULL;
}

/* An object for each line, or objects that go over lines or stand in an array. */
static enum nrs_shape shape_of(const char *text, size_t len)
{
    const char *newline = memchr(text, '\n', len);
    size_t line = newline ? (size_t)(newline - text) : len;

    if (text[0] == '[')
        return NRS_SHAPE_OBJECTS;
    if (text[0] != '{')
        return NRS_SHAPE_PREFIXED;
    return nrs_text_object(text, line) == 0 && nrs_text_object(text, len) > 0 ? NRS_SHAPE_OBJECTS
                                                                              : NRS_SHAPE_LINES;
}

static int settle(struct nrs_recorded *r, const struct look *l)
{
    char *plain = r->wrap.plain;

    if (l->reader == &nrs_reader_zeek_json && l->other && !l->is_conn)
        r->names = nrs_zeek_names_of(l->other);
    if (l->reader == &nrs_reader_zeek_json && l->other && !l->is_conn && !r->names)
        return nrs_recorded_refuse(r, "Zeek's %s log; connections are in its conn.log", l->other);
    r->reader = l->reader;
    r->wrap = l->wrap;
    r->wrap.plain = plain;
    return 0;
}

int nrs_detect_json(struct nrs_recorded *r, const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    struct look l = {.reader = NULL};
    int i;

    if (memmem(text, len, "\"flowTuples\"", 12)) {
        r->shape = NRS_SHAPE_STRINGS;
        r->reader = &nrs_reader_azure;
        return 0;
    }
    r->shape = shape_of(text, len);
    for (i = 0; i < OBJECTS_MAX; i++) {
        const char *brace = memchr(p, '{', (size_t)(end - p));
        size_t n = brace ? nrs_text_object(brace, (size_t)(end - brace)) : 0;

        if (n == 0)
            break;
        if (look_into(r, &l, brace, n))
            return settle(r, &l);
        p = brace + n;
    }
    if (i == 0 && text[0] == '{') { /* it does not even end here: let the reader say what is wrong with it */
        r->reader = memmem(text, len, "\"event_type\"", 12) ? &nrs_reader_eve : &nrs_reader_zeek_json;
        return 0;
    }
    return nrs_recorded_refuse(r, "JSON, but not of connections that are known here (it has %s)",
                               *l.keys ? l.keys : "no members");
}
