#include "agent/config/json_leaves.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#include "models/base/error.h"

/* cJSON keeps no positions. Its tree has the order of the text, so a cursor that steps from token to token
 * while the tree is walked is always at the value in question. */
struct walk {
    const char *at, *end;
    int line;
    char path[NRS_JSON_TEXT_MAX];
    int (*fn)(void *arg, const struct nrs_json_leaf *leaf);
    void *arg;
};

/* Moves to the next string, number or word. */
static void next_token(struct walk *w)
{
    while (w->at < w->end && strchr(" \t\r\n{}[]:,", *w->at) != NULL)
        w->line += *w->at++ == '\n';
}

static void skip_token(struct walk *w)
{
    if (w->at < w->end && *w->at == '"') {
        for (w->at++; w->at < w->end && *w->at != '"'; w->at++)
            w->at += *w->at == '\\' && w->at + 1 < w->end;
        w->at += w->at < w->end;
    } else {
        while (w->at < w->end && strchr(" \t\r\n{}[]:,", *w->at) == NULL)
            w->at++;
    }
}

/* Up to the bracket that opens a container, so that its line is known even if it is empty. */
static void enter(struct walk *w, char bracket)
{
    while (w->at < w->end && *w->at != bracket)
        w->line += *w->at++ == '\n';
    w->at += w->at < w->end;
}

static int visit(struct walk *w, const cJSON *item, int depth, bool in_array);

static int visit_children(struct walk *w, const cJSON *item, int depth)
{
    size_t len = strlen(w->path);
    int rc = 0;

    for (const cJSON *child = item->child; child != NULL && rc == 0; child = child->next) {
        if (child->string != NULL) {
            int n = snprintf(w->path + len, sizeof w->path - len, "%s%s", len > 0 ? "." : "", child->string);

            if (n < 0 || (size_t)n >= sizeof w->path - len)
                return NRS_ERR_LIMIT;
            next_token(w);
            skip_token(w);
        }
        rc = visit(w, child, depth + 1, child->string == NULL);
        w->path[len] = '\0';
    }
    return rc;
}

static int visit_container(struct walk *w, const cJSON *item, int depth, struct nrs_json_leaf *leaf)
{
    int rc;

    if (depth >= NRS_JSON_DEPTH_MAX)
        return NRS_ERR_LIMIT;
    enter(w, cJSON_IsArray(item) ? '[' : '{');
    leaf->line = w->line;
    rc = w->fn(w->arg, leaf);
    return rc != 0 ? rc : visit_children(w, item, depth);
}

static enum nrs_leaf_type type_of(const cJSON *item)
{
    if (cJSON_IsObject(item))
        return NRS_LEAF_OBJECT;
    if (cJSON_IsArray(item))
        return NRS_LEAF_ARRAY;
    if (cJSON_IsString(item))
        return NRS_LEAF_STRING;
    if (cJSON_IsNumber(item))
        return NRS_LEAF_NUMBER;
    return cJSON_IsBool(item) ? NRS_LEAF_BOOL : NRS_LEAF_NULL;
}

static int visit(struct walk *w, const cJSON *item, int depth, bool in_array)
{
    struct nrs_json_leaf leaf = {.path = w->path, .text = "", .type = type_of(item), .in_array = in_array};
    char number[NRS_JSON_TEXT_MAX];
    const char *start;

    if (leaf.type == NRS_LEAF_OBJECT || leaf.type == NRS_LEAF_ARRAY)
        return visit_container(w, item, depth, &leaf);
    next_token(w);
    start = w->at;
    leaf.line = w->line;
    skip_token(w);
    if (leaf.type == NRS_LEAF_STRING)
        leaf.text = item->valuestring;
    if (leaf.type == NRS_LEAF_BOOL)
        leaf.text = cJSON_IsTrue(item) ? "true" : "false";
    if (leaf.type == NRS_LEAF_NUMBER) {
        if ((size_t)(w->at - start) >= sizeof number)
            return NRS_ERR_LIMIT;
        memcpy(number, start, (size_t)(w->at - start));
        number[w->at - start] = '\0';
        leaf.text = number;
    }
    return w->fn(w->arg, &leaf);
}

static int line_of(const char *text, const char *at)
{
    int line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* The first byte after the value that is neither blank nor the end; NULL if there is none. */
static const char *trailing(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at) != NULL)
        at++;
    return at < end ? at : NULL;
}

int nrs_json_leaves(const char *text, size_t len, int (*fn)(void *arg, const struct nrs_json_leaf *leaf),
                    void *arg, int *line)
{
    struct walk w = {.at = text, .end = text + len, .line = 1, .fn = fn, .arg = arg};
    const char *stopped = text;
    cJSON *root = cJSON_ParseWithLengthOpts(text, len, &stopped, 0);
    int rc = NRS_ERR_FORMAT;

    if (root == NULL)
        *line = line_of(text, stopped);
    else if (trailing(stopped, text + len) != NULL)
        *line = line_of(text, trailing(stopped, text + len));
    else {
        rc = visit(&w, root, 0, false);
        *line = w.line;
    }
    cJSON_Delete(root);
    return rc;
}
