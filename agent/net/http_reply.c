#include "agent/net/http_reply.h"

#include <string.h>
#include <strings.h>

#include "models/base/error.h"
#include "models/base/hex.h"

enum state { STATUS_LINE, HEADER, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER };

void nrs_http_reply_init(struct nrs_http_reply *r, bool connect)
{
    memset(r, 0, sizeof *r);
    r->state = STATUS_LINE;
    r->no_body = connect;
}

/* Decimal digits up to the end, at most 2^32 - 1. */
static int read_number(const char *s, uint32_t *out)
{
    uint64_t n = 0;

    if (*s == '\0')
        return NRS_ERR_FORMAT;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return NRS_ERR_FORMAT;
        n = n * 10 + (uint64_t)(*s - '0');
        if (n > UINT32_MAX)
            return NRS_ERR_RANGE;
    }
    *out = (uint32_t)n;
    return 0;
}

/* "HTTP/1.1 200 whatever" */
static int take_status(struct nrs_http_reply *r)
{
    const char *s = r->line;
    char code[4];
    uint32_t n;

    if (strncmp(s, "HTTP/1.", 7) != 0 || (s[7] != '0' && s[7] != '1') || s[8] != ' ' || strlen(s) < 12 ||
        (s[12] != '\0' && s[12] != ' '))
        return NRS_ERR_FORMAT;
    memcpy(code, s + 9, 3);
    code[3] = '\0';
    if (read_number(code, &n) != 0 || n < 100)
        return NRS_ERR_FORMAT;
    r->status = (int)n;
    r->keep_alive = s[7] == '1';
    r->state = HEADER;
    return 0;
}

static int take_length(struct nrs_http_reply *r, const char *value)
{
    uint32_t n;

    if (read_number(value, &n) != 0 || (r->has_length && r->left != n))
        return NRS_ERR_FORMAT;
    r->has_length = true;
    r->left = n;
    return n > NRS_REPLY_BODY_MAX ? NRS_ERR_LIMIT : 0;
}

/* One header line: the few names that matter, and how each is read. */
static int take_header(struct nrs_http_reply *r)
{
    char *colon = strchr(r->line, ':');
    const char *value;

    if (colon == NULL || colon == r->line)
        return NRS_ERR_FORMAT;
    *colon = '\0';
    value = colon + 1 + strspn(colon + 1, " \t");
    for (size_t n = strlen(value); n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'); n--)
        ((char *)value)[n - 1] = '\0';
    if (strcasecmp(r->line, "Retry-After") == 0) {
        if (read_number(value, &r->retry_after_s) != 0)
            r->retry_after_s = 0; /* a date: our clock may be wrong, so it is not used */
        return 0;
    }
    if (strcasecmp(r->line, "Content-Length") == 0)
        return r->line_cut ? NRS_ERR_LIMIT : take_length(r, value);
    if (strcasecmp(r->line, "Transfer-Encoding") == 0) {
        if (r->line_cut || strcasecmp(value, "chunked") != 0)
            return NRS_ERR_FORMAT;
        r->chunked = true;
    }
    if (strcasecmp(r->line, "Connection") == 0)
        r->keep_alive = !r->line_cut && strcasecmp(value, "keep-alive") == 0;
    return 0;
}

/* The empty line: what follows? */
static void head_done(struct nrs_http_reply *r)
{
    bool connect = r->no_body;
    uint32_t head_bytes = r->head_bytes;

    if (r->status < 200) {
        nrs_http_reply_init(r, connect);
        r->started = true;
        r->head_bytes = head_bytes; /* interim replies without end are a head without end */
    } else if ((connect && r->status < 300) || r->status == 204 || r->status == 304) {
        r->done = true;
    } else if (r->chunked) {
        r->keep_alive = r->keep_alive && !r->has_length;
        r->state = CHUNK_SIZE;
    } else if (r->has_length) {
        r->done = r->left == 0;
        r->state = BODY;
    } else {
        r->keep_alive = false;
        r->left = UINT64_MAX;
        r->state = BODY;
    }
}

/* "1a" or "1a;extension" */
static int take_chunk_size(struct nrs_http_reply *r)
{
    uint32_t n = 0, i;

    for (i = 0; r->line[i] != '\0' && r->line[i] != ';' && r->line[i] != ' '; i++) {
        int digit = nrs_hex_value(r->line[i]);

        if (digit < 0 || i >= 6)
            return NRS_ERR_FORMAT;
        n = n * 16 + (uint32_t)digit;
    }
    if (i == 0)
        return NRS_ERR_FORMAT;
    r->left = n;
    r->state = n == 0 ? TRAILER : CHUNK;
    return 0;
}

static int take_line(struct nrs_http_reply *r)
{
    switch (r->state) {
    case STATUS_LINE: return take_status(r);
    case CHUNK_SIZE: return take_chunk_size(r);
    case CHUNK_END: r->state = CHUNK_SIZE; return r->line[0] == '\0' ? 0 : NRS_ERR_FORMAT;
    case TRAILER: r->done = r->line[0] == '\0'; return 0;
    default:
        if (r->line[0] != '\0')
            return take_header(r);
        head_done(r);
        return 0;
    }
}

/* Adds one byte to the current line. */
static int take_line_byte(struct nrs_http_reply *r, unsigned char c)
{
    int rc;

    if (++r->head_bytes > NRS_REPLY_HEAD_MAX)
        return NRS_ERR_LIMIT;
    if (c != '\n') {
        if (c == '\0')
            return NRS_ERR_FORMAT;
        if (r->line_len < NRS_REPLY_LINE_MAX)
            r->line[r->line_len++] = (char)c;
        else
            r->line_cut = true;
        return 0;
    }
    if (r->line_len > 0 && r->line[r->line_len - 1] == '\r')
        r->line_len--;
    r->line[r->line_len] = '\0';
    rc = take_line(r);
    r->line_len = 0;
    r->line_cut = false;
    return rc;
}

/* Passes over body bytes. Returns how many, or an error. */
static int take_body(struct nrs_http_reply *r, const unsigned char *bytes, size_t len)
{
    size_t n = len < r->left ? len : (size_t)r->left;
    size_t kept = n < NRS_REPLY_KEPT_MAX - r->body_len ? n : NRS_REPLY_KEPT_MAX - r->body_len;

    if (n > NRS_REPLY_BODY_MAX - r->body_bytes)
        return NRS_ERR_LIMIT;
    memcpy(r->body + r->body_len, bytes, kept);
    r->body_len += (uint32_t)kept;
    r->body_bytes += (uint32_t)n;
    r->left -= n;
    if (r->left == 0 && r->state == CHUNK)
        r->state = CHUNK_END;
    else if (r->left == 0)
        r->done = true;
    return (int)n;
}

int nrs_http_reply_feed(struct nrs_http_reply *r, const unsigned char *bytes, size_t len)
{
    size_t at = 0;

    r->started = r->started || len > 0;
    while (at < len && !r->done) {
        bool in_body = r->state == BODY || r->state == CHUNK;
        int n = in_body ? take_body(r, bytes + at, len - at) : take_line_byte(r, bytes[at]);

        if (n < 0)
            return n;
        at += in_body ? (size_t)n : 1;
    }
    return (int)at;
}

int nrs_http_reply_end(struct nrs_http_reply *r)
{
    if (!r->done && r->state == BODY && !r->has_length)
        r->done = true;
    return r->done ? 0 : NRS_ERR_SHORT;
}
