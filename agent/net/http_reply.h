/* agent/net/http_reply.h - the reply to a POST, read byte by byte; the server may send anything
 *
 *   reply   = status-line *(name ":" value CRLF) CRLF [body]
 *   body    by Transfer-Encoding: chunked, by Content-Length, or up to the end of the connection
 *
 * The reader accepts status lines of HTTP/1.0 and 1.1, takes a bare LF for CRLF, and passes over interim
 * (1xx) replies. It uses the headers Content-Length, Transfer-Encoding, Connection and Retry-After (seconds),
 * and no others. It keeps the first bytes of the body.
 * Limits: head with interim replies NRS_REPLY_HEAD_MAX, body NRS_REPLY_BODY_MAX, then NRS_ERR_LIMIT. A longer
 *         line is cut, which only matters for the headers above: then NRS_ERR_LIMIT too.
 * Errors: NRS_ERR_FORMAT for anything else; after an error the connection is of no use. */
#ifndef NRS_HTTP_REPLY_H
#define NRS_HTTP_REPLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_REPLY_HEAD_MAX 16384
#define NRS_REPLY_BODY_MAX 65536
#define NRS_REPLY_LINE_MAX 255
#define NRS_REPLY_KEPT_MAX 127

struct nrs_http_reply {
    int status;              /* 200..999 */
    bool done;               /* complete; feed takes no more */
    bool keep_alive;         /* the connection may be used again */
    bool started;            /* at least one byte has come */
    uint32_t retry_after_s;  /* 0 = not said */
    char body[NRS_REPLY_KEPT_MAX + 1]; /* its beginning, NUL-terminated */
    uint32_t body_len;       /* bytes of body that are kept */
    /* inside */
    int state;
    bool no_body, has_length, chunked, line_cut;
    uint64_t left;           /* bytes of body or chunk still to come */
    uint32_t head_bytes, body_bytes, line_len;
    char line[NRS_REPLY_LINE_MAX + 1];
};

/* connect: the reply to CONNECT, which has no body when it is 2xx. */
void nrs_http_reply_init(struct nrs_http_reply *r, bool connect);

/* Takes bytes until the reply is done. Returns how many were taken, or an error. */
int nrs_http_reply_feed(struct nrs_http_reply *r, const unsigned char *bytes, size_t len);

/* The connection ended: 0 if that completes the reply, else NRS_ERR_SHORT. */
int nrs_http_reply_end(struct nrs_http_reply *r);

#endif
