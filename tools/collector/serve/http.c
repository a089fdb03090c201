#include "tools/collector/serve/http.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_FIRST 4096 /* first allocation for a body */

static int refuse(struct nrs_col_http *h, int status, const char *why)
{
    if (h->status == 0) {
        h->status = status;
        h->why = why;
    }
    return -1; /* stops the parser; from on_headers_complete, 1 would mean something else */
}

/* Appends to a text of cap bytes; false if it does not fit. */
static bool append(char *text, size_t cap, const char *more, size_t n)
{
    size_t have = strlen(text);

    if (n >= cap - have)
        return false;
    memcpy(text + have, more, n);
    text[have + n] = '\0';
    return true;
}

static int on_begin(http_parser *p)
{
    ((struct nrs_col_http *)p->data)->begun = true;
    return 0;
}

static int on_url(http_parser *p, const char *s, size_t n)
{
    struct nrs_col_http *h = p->data;

    return append(h->url, sizeof h->url, s, n) ? 0 : refuse(h, 414, "address too long");
}

static int on_field(http_parser *p, const char *s, size_t n)
{
    struct nrs_col_http *h = p->data;

    if (h->in_value) {
        h->in_value = false;
        h->field[0] = '\0';
    }
    /* A name that does not fit is none of ours; it is made to match none. */
    if (!append(h->field, sizeof h->field, s, n))
        (void)snprintf(h->field, sizeof h->field, "?");
    return 0;
}

static int on_value(http_parser *p, const char *s, size_t n)
{
    struct nrs_col_http *h = p->data;

    h->in_value = true;
    if (strcasecmp(h->field, "content-type") == 0)
        (void)append(h->content_type, sizeof h->content_type, s, n);
    else if (strcasecmp(h->field, "if-none-match") == 0)
        (void)append(h->etag, sizeof h->etag, s, n);
    else if (strcasecmp(h->field, "host") == 0 && !append(h->host, sizeof h->host, s, n))
        return refuse(h, 400, "host name too long");
    return 0;
}

static int on_headers(http_parser *p)
{
    struct nrs_col_http *h = p->data;

    if (p->http_major != 1)
        return refuse(h, 505, "HTTP/1.1 only");
    if (p->content_length != UINT64_MAX && p->content_length > h->body_max)
        return refuse(h, 413, "body too large");
    return 0;
}

static int on_body(http_parser *p, const char *s, size_t n)
{
    struct nrs_col_http *h = p->data;
    size_t cap = h->body_cap > 0 ? h->body_cap : BODY_FIRST;
    char *more;

    if (n > h->body_max - h->body_len)
        return refuse(h, 413, "body too large");
    while (cap < h->body_len + n)
        cap *= 2;
    if (cap > h->body_cap) {
        if (cap - h->body_cap > h->budget->cap - h->budget->used)
            return refuse(h, 503, "too many requests at a time");
        more = realloc(h->body, cap);
        if (more == NULL)
            return refuse(h, 503, "out of memory");
        h->budget->used += cap - h->body_cap;
        h->body = more;
        h->body_cap = cap;
    }
    memcpy(h->body + h->body_len, s, n);
    h->body_len += n;
    return 0;
}

static int on_complete(http_parser *p)
{
    struct nrs_col_http *h = p->data;

    h->keep_alive = http_should_keep_alive(p) != 0;
    http_parser_pause(p, 1);
    return 0;
}

static const http_parser_settings settings = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_headers,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

void nrs_col_http_setup(void)
{
    http_parser_set_max_header_size(NRS_COL_HEAD_MAX);
}

static void start(struct nrs_col_http *h)
{
    h->body = NULL;
    h->body_len = h->body_cap = 0;
    h->url[0] = h->content_type[0] = h->host[0] = h->etag[0] = h->field[0] = '\0';
    h->in_value = h->begun = h->keep_alive = h->pipelined = false;
    h->status = 0;
    h->why = NULL;
    http_parser_init(&h->parser, HTTP_REQUEST);
    h->parser.data = h;
}

void nrs_col_http_init(struct nrs_col_http *h, size_t body_max, struct nrs_col_budget *budget)
{
    h->budget = budget;
    h->body_max = body_max;
    start(h);
}

bool nrs_col_http_feed(struct nrs_col_http *h, const char *bytes, size_t len)
{
    size_t parsed = http_parser_execute(&h->parser, &settings, bytes, len);
    enum http_errno error = HTTP_PARSER_ERRNO(&h->parser);

    if (error == HPE_OK && !h->parser.upgrade)
        return false;
    if (error == HPE_PAUSED) {
        h->pipelined = parsed < len;
        h->keep_alive = h->keep_alive && !h->pipelined;
        return true;
    }
    if (error == HPE_HEADER_OVERFLOW)
        (void)refuse(h, 431, "headers too large");
    (void)refuse(h, 400, "not an HTTP request");
    h->keep_alive = false;
    return true;
}

void nrs_col_http_next(struct nrs_col_http *h)
{
    nrs_col_http_done(h);
    start(h);
}

char *nrs_col_http_take_body(struct nrs_col_http *h, size_t *len, size_t *charge)
{
    char *body = h->body;

    *len = h->body_len;
    *charge = h->body_cap;
    h->body = NULL;
    h->body_len = h->body_cap = 0;
    return body;
}

void nrs_col_http_done(struct nrs_col_http *h)
{
    h->budget->used -= h->body_cap;
    free(h->body);
    h->body = NULL;
    h->body_len = h->body_cap = 0;
}
