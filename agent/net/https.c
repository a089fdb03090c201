#include "agent/net/https.h"

#include <stdio.h>
#include <string.h>

#include "agent/net/http_request.h"
#include "models/base/error.h"

#define FEED_BYTES 2048 /* of the post, written at once */

/* Ending: the attempt's outcome is noted, the transport closed, and only then `done` called. */

static void set_alarm(struct nrs_https *h, uint32_t ms)
{
    h->transport->ops->set_alarm(h->transport, ms);
}

static void report(struct nrs_https *h)
{
    bool ok = h->reply.done && h->why[0] == '\0';

    h->in_use = false;
    set_alarm(h, h->state == NRS_HTTPS_IDLE ? NRS_HTTPS_IDLE_MS : 0);
    if (h->done != NULL)
        h->done(h->arg, ok ? &h->reply : NULL, ok ? NULL : h->why);
}

static void hang_up(struct nrs_https *h)
{
    if (h->state == NRS_HTTPS_CLOSED || h->state == NRS_HTTPS_CLOSING)
        return;
    if (h->state != NRS_HTTPS_DIALING)
        h->state = NRS_HTTPS_CLOSING;
    h->transport->ops->close(h->transport);
}

static void fail(struct nrs_https *h, const char *why)
{
    if (h->why[0] == '\0')
        snprintf(h->why, sizeof h->why, "%s", why);
    hang_up(h);
}

/* Makes a new connection for the post at hand. */
static void begin(struct nrs_https *h)
{
    const struct nrs_url *to = h->proxy->host[0] != '\0' ? h->proxy : h->url;

    h->fresh = true;
    h->sent = 0;
    h->state = NRS_HTTPS_DIALING;
    h->transport->ops->dial(h->transport, to->host, to->port);
}

static void on_closed(void *arg)
{
    struct nrs_https *h = arg;
    bool was_stale = h->in_use && !h->fresh && !h->reply.started && !h->finished;

    h->state = NRS_HTTPS_CLOSED;
    if (was_stale) {
        h->why[0] = '\0';
        begin(h);
    } else if (h->in_use) {
        report(h);
    }
}

/* Sending: head and body are written as long as the transport takes them. */

static void send_more(struct nrs_https *h)
{
    while (h->state == NRS_HTTPS_POSTING && h->transport->ops->pending(h->transport) == 0) {
        bool in_head = h->sent < h->part_len[0];
        size_t at = in_head ? h->sent : h->sent - h->part_len[0];
        size_t n = h->part_len[!in_head] - at;

        if (n == 0)
            return;
        n = n < FEED_BYTES ? n : FEED_BYTES;
        h->sent += n;
        h->transport->ops->write(h->transport, h->part[!in_head] + at, n);
    }
}

/* Receiving. */

/* The reply is whole: the connection is kept if everything was sent; otherwise it is ended first. */
static void finish(struct nrs_https *h)
{
    bool all_sent =
        h->sent == h->part_len[0] + h->part_len[1] && h->transport->ops->pending(h->transport) == 0;

    h->finished = true;
    if (!h->reply.keep_alive || !all_sent) {
        hang_up(h);
        return;
    }
    h->state = NRS_HTTPS_IDLE;
    report(h);
}

static void take_proxy_reply(struct nrs_https *h, const unsigned char *bytes, size_t len)
{
    int n = nrs_http_reply_feed(&h->reply, bytes, len);
    char why[64];

    if (n < 0 || (h->reply.done && (size_t)n < len)) {
        fail(h, "the proxy's reply is not HTTP");
    } else if (h->reply.status >= 300) {
        snprintf(why, sizeof why, "the proxy refuses with status %d", h->reply.status);
        fail(h, why);
    } else if (h->reply.done) {
        nrs_http_reply_init(&h->reply, false);
        h->state = NRS_HTTPS_HANDSHAKE;
        h->transport->ops->secure(h->transport, h->url->host);
    }
}

static void on_received(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_https *h = arg;
    int n;

    if (h->state == NRS_HTTPS_PROXY) {
        take_proxy_reply(h, bytes, len);
        return;
    }
    if (h->state != NRS_HTTPS_POSTING || h->reply.done)
        return;
    n = nrs_http_reply_feed(&h->reply, bytes, len);
    if (n < 0)
        fail(h, n == NRS_ERR_LIMIT ? "the reply is too large" : "the reply is not HTTP");
    else if ((size_t)n < len)
        h->reply.keep_alive = false; /* the server sent more than one reply */
}

static void on_settled(void *arg)
{
    struct nrs_https *h = arg;

    if (h->state == NRS_HTTPS_POSTING && h->reply.done)
        finish(h);
}

static void on_ended(void *arg, const char *why)
{
    struct nrs_https *h = arg;

    h->reply.keep_alive = false;
    if (h->state == NRS_HTTPS_POSTING && nrs_http_reply_end(&h->reply) == 0)
        finish(h);
    else
        fail(h, why);
}

/* Beginning. */

static void start_post(void *arg)
{
    struct nrs_https *h = arg;

    h->state = NRS_HTTPS_POSTING;
    send_more(h);
}

static void on_drained(void *arg)
{
    send_more(arg);
}

static void ask_proxy(struct nrs_https *h)
{
    char head[NRS_REQUEST_HEAD_MAX];
    int len = nrs_http_connect_head(head, sizeof head, h->url);

    h->state = NRS_HTTPS_PROXY;
    nrs_http_reply_init(&h->reply, true);
    if (len < 0)
        fail(h, "the proxy request does not fit");
    else
        h->transport->ops->write(h->transport, head, (size_t)len);
}

static void on_opened(void *arg, const char *why)
{
    struct nrs_https *h = arg;
    const char *host = h->proxy->host[0] != '\0' ? h->proxy->host : h->url->host;

    if (why == NULL && h->proxy->host[0] != '\0') {
        ask_proxy(h);
    } else if (why == NULL) {
        h->state = NRS_HTTPS_HANDSHAKE;
        h->transport->ops->secure(h->transport, h->url->host);
    } else {
        h->state = NRS_HTTPS_CLOSED;
        if (h->why[0] == '\0')
            snprintf(h->why, sizeof h->why, "%.90s: %s", host, why);
        report(h);
    }
}

static void on_alarm(void *arg)
{
    struct nrs_https *h = arg;

    if (h->state == NRS_HTTPS_IDLE) {
        nrs_https_drop(h);
        return;
    }
    h->fresh = true; /* no second attempt */
    fail(h, "no complete reply within a minute");
}

static const struct nrs_transport_events events = {.opened = on_opened,
                                                   .secured = start_post,
                                                   .received = on_received,
                                                   .settled = on_settled,
                                                   .drained = on_drained,
                                                   .ended = on_ended,
                                                   .closed = on_closed,
                                                   .alarm = on_alarm};

void nrs_https_init(struct nrs_https *h, struct nrs_transport *transport, void *arg)
{
    memset(h, 0, sizeof *h);
    h->arg = arg;
    h->transport = transport;
    transport->events = &events;
    transport->arg = h;
}

void nrs_https_post(struct nrs_https *h, const char *head, size_t head_len, const char *body, size_t body_len)
{
    h->part[0] = head;
    h->part[1] = body;
    h->part_len[0] = head_len;
    h->part_len[1] = body_len;
    h->sent = 0;
    h->why[0] = '\0';
    h->in_use = true;
    h->finished = h->fresh = false;
    nrs_http_reply_init(&h->reply, false);
    set_alarm(h, NRS_HTTPS_ATTEMPT_MS);
    if (h->state == NRS_HTTPS_IDLE)
        start_post(h);
    else if (h->state == NRS_HTTPS_CLOSED)
        begin(h);
    /* else the transport is closing: on_closed begins anew */
}

void nrs_https_drop(struct nrs_https *h)
{
    if (h->state != NRS_HTTPS_IDLE)
        return;
    set_alarm(h, 0);
    hang_up(h);
}

void nrs_https_close(struct nrs_https *h)
{
    h->done = NULL;
    h->fresh = true;
    set_alarm(h, 0);
    hang_up(h);
    h->transport->ops->end(h->transport);
}
