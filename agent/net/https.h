/* agent/net/https.h - one HTTPS connection to one server: a POST goes in, a reply or a reason comes out
 *
 * The connection is kept open between posts while the server agrees, at most for NRS_HTTPS_IDLE_MS. A kept
 * connection that turns out to be dead before the first byte of a reply is replaced once, and the caller does
 * not notice. An optional HTTP proxy is passed with CONNECT; TLS is always end to end.
 *
 *   CLOSED --post--> DIALING --> [PROXY] --> HANDSHAKE --> POSTING --reply--> IDLE --post--> POSTING
 *      ^                |           |            |            |                |
 *      +----------------+           +------------+------------+----------------+--> CLOSING --> CLOSED
 *
 * CLOSING begins with a failure, with a reply that ends the connection, or with the end of the idle time.
 *
 * Limits:  NRS_HTTPS_ATTEMPT_MS for everything from the look-up to the last byte of the reply; one post at a
 *          time.
 * Memory:  struct nrs_https is the caller's (about 700 bytes). Head and body stay the
 *          caller's until `done`. */
#ifndef NRS_HTTPS_H
#define NRS_HTTPS_H
#include <stdbool.h>
#include <stddef.h>

#include "agent/net/http_reply.h"
#include "agent/net/transport.h"
#include "agent/net/url.h"

#define NRS_HTTPS_ATTEMPT_MS 60000
#define NRS_HTTPS_IDLE_MS 20000

enum nrs_https_state {
    NRS_HTTPS_CLOSED,
    NRS_HTTPS_DIALING,
    NRS_HTTPS_PROXY,     /* CONNECT is on its way */
    NRS_HTTPS_HANDSHAKE,
    NRS_HTTPS_POSTING,
    NRS_HTTPS_IDLE,      /* open, between posts */
    NRS_HTTPS_CLOSING
};

struct nrs_https {
    enum nrs_https_state state;
    const struct nrs_url *url, *proxy; /* proxy->host "" = none */
    /* reply NULL: the attempt failed, and why says how. The next post may be made from inside. */
    void (*done)(void *arg, const struct nrs_http_reply *reply, const char *why);
    void *arg;
    /* inside */
    struct nrs_transport *transport;
    struct nrs_http_reply reply;
    const char *part[2]; /* head and body of the post */
    size_t part_len[2], sent;
    bool fresh, in_use, finished;
    char why[160];
};

/* transport: closed, and used by nobody else; it outlives *h. The caller then sets url, proxy and done. */
void nrs_https_init(struct nrs_https *h, struct nrs_transport *transport, void *arg);

/* Only when no post is running. */
void nrs_https_post(struct nrs_https *h, const char *head, size_t head_len, const char *body,
                    size_t body_len);

/* Ends an idle connection, so that the next post makes a new one. A running post goes on. */
void nrs_https_drop(struct nrs_https *h);

/* Ends everything; `done` is not called any more. *h has to stay until the transport is closed. */
void nrs_https_close(struct nrs_https *h);

#endif
