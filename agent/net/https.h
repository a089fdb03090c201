/* agent/net/https.h - one HTTPS connection to one server: a POST goes in, a reply or a reason comes out
 *
 * Kept open between posts while the server agrees and for NRS_HTTPS_IDLE_MS; a kept connection that turns out
 * dead before the first byte of a reply is replaced once, unseen. An optional HTTP proxy is passed with CONNECT;
 * TLS is always end to end.
 * Limits:  NRS_HTTPS_ATTEMPT_MS for everything from the look-up to the last byte of the reply; one post at a time;
 *          what the peer does not take yet is held in `out`, and the body is fed only as that empties.
 * Memory:  struct nrs_https is the caller's (about 26 KiB); head and body stay the caller's until `done`. */
#ifndef NRS_HTTPS_H
#define NRS_HTTPS_H
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "agent/net/dial.h"
#include "agent/net/http_reply.h"
#include "agent/net/tls_client.h"
#include "agent/net/tls_pump.h"
#include "agent/net/url.h"

#define NRS_HTTPS_ATTEMPT_MS 60000
#define NRS_HTTPS_IDLE_MS 20000
#define NRS_HTTPS_OUT 20480 /* the largest TLS record, and a handshake flight with a certificate chain */

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
    struct nrs_tls_client *tls;
    /* reply NULL: the attempt failed, why says how. The next post may be made from inside. */
    void (*done)(void *arg, const struct nrs_http_reply *reply, const char *why);
    void *arg;
    /* inside */
    uv_loop_t *loop;
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    struct nrs_dial dial;
    struct nrs_tls_pump pump;
    struct nrs_http_reply reply;
    const char *part[2]; /* head and body of the post */
    size_t part_len[2], sent;
    size_t out_at, out_len;
    bool writing, fresh, in_use, pumping, finished;
    char why[160];
    unsigned char in[4096], out[NRS_HTTPS_OUT];
};

/* found: told every address of the server (or of the proxy) before it is contacted; may be NULL. */
void nrs_https_init(struct nrs_https *h, uv_loop_t *loop, void (*found)(void *arg, const struct sockaddr *a),
                    void *arg);

/* Only when no post is running. */
void nrs_https_post(struct nrs_https *h, const char *head, size_t head_len, const char *body, size_t body_len);

/* Ends an idle connection, so that the next post makes a new one. A running post goes on. */
void nrs_https_drop(struct nrs_https *h);

/* Ends everything; `done` is not called any more. The loop has to run once more before *h may go away. */
void nrs_https_close(struct nrs_https *h);

#endif
