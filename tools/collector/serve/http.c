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
    return -1; /* stops the parser */
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

static struct nrs_col_http *of(llhttp_t *p)
{
    return p->data;
}

/* llhttp has no limit of its own. */
static int count_head(struct nrs_col_http *h, size_t n)
{
    h->head_len += n;
    return h->head_len <= NRS_COL_HEAD_MAX ? 0 : refuse(h, 431, "headers too large");
}

static int on_begin(llhttp_t *p)
{
    of(p)->begun = true;
    return 0;
}

static int on_url(llhttp_t *p, const char *s, size_t n)
{
    struct nrs_col_http *h = of(p);

    return append(h->url, sizeof h->url, s, n) ? count_head(h, n) : refuse(h, 414, "address too long");
}

static int on_field(llhttp_t *p, const char *s, size_t n)
{
    struct nrs_col_http *h = of(p);

    /* A name that does not fit is none of ours; it is made to match none. */
    if (!append(h->field, sizeof h->field, s, n))
        (void)snprintf(h->field, sizeof h->field, "?");
    return count_head(h, n);
}

/* The header is one that is kept; *cap is 0 if it is not. */
static char *value_of(struct nrs_col_http *h, size_t *cap)
{
    const struct {
        const char *name;
        char *value;
        size_t cap;
    } kept[] = {
        {"content-type", h->content_type, sizeof h->content_type},
        {"if-none-match", h->etag, sizeof h->etag},
        {"host", h->host, sizeof h->host},
        {"transfer-encoding", h->coding, sizeof h->coding},
    };

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (strcasecmp(h->field, kept[i].name) == 0) {
            *cap = kept[i].cap;
            return kept[i].value;
        }
    }
    *cap = 0;
    return NULL;
}

static int on_value(llhttp_t *p, const char *s, size_t n)
{
    struct nrs_col_http *h = of(p);
    size_t cap;
    char *value = value_of(h, &cap);

    if (value == h->host && !h->in_value && h->host[0] != '\0')
        return refuse(h, 400, "two host names");
    h->in_value = true;
    if (value != NULL && !append(value, cap, s, n) && value != h->etag)
        return refuse(h, 400, value == h->host ? "host name too long" : "header value too long");
    return count_head(h, n);
}

static int on_value_end(llhttp_t *p)
{
    struct nrs_col_http *h = of(p);

    h->in_value = false;
    h->field[0] = '\0';
    return count_head(h, 4);
}

static int on_extension(llhttp_t *p, const char *s, size_t n)
{
    (void)s;
    return count_head(of(p), n);
}

static int on_headers(llhttp_t *p)
{
    struct nrs_col_http *h = of(p);

    if (p->http_major != 1)
        return refuse(h, 505, "HTTP/1.1 only");
    if (h->coding[0] != '\0' && strcasecmp(h->coding, "chunked") != 0)
        return refuse(h, 400, "transfer encoding: chunked only");
    if (p->content_length > h->body_max)
        return refuse(h, 413, "body too large");
    h->method = llhttp_method_name((llhttp_method_t)p->method);
    return 0;
}

static int on_body(llhttp_t *p, const char *s, size_t n)
{
    struct nrs_col_http *h = of(p);
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

static int on_complete(llhttp_t *p)
{
    of(p)->keep_alive = llhttp_should_keep_alive(p) != 0;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_end,
    .on_headers_complete = on_headers,
    .on_chunk_extension_name = on_extension,
    .on_chunk_extension_value = on_extension,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

const char *nrs_col_http_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "Error";
}

static void start(struct nrs_col_http *h)
{
    h->body = NULL;
    h->body_len = h->body_cap = 0;
    h->url[0] = h->content_type[0] = h->host[0] = h->etag[0] = h->coding[0] = h->field[0] = '\0';
    h->head_len = 0;
    h->method = "";
    h->in_value = h->begun = h->keep_alive = h->pipelined = false;
    h->status = 0;
    h->why = NULL;
    llhttp_init(&h->parser, HTTP_REQUEST, &settings);
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
    llhttp_errno_t error = llhttp_execute(&h->parser, bytes, len);

    if (error == HPE_OK)
        return false;
    if (error == HPE_PAUSED) {
        h->pipelined = llhttp_get_error_pos(&h->parser) < bytes + len;
        h->keep_alive = h->keep_alive && !h->pipelined;
        return true;
    }
    if (error == HPE_INVALID_VERSION)
        (void)refuse(h, 505, "HTTP/1.1 only");
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
