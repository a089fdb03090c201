#include "agent/net/https.h"

#include <stdio.h>
#include <string.h>

#include "agent/net/http_request.h"
#include "models/base/error.h"

#define FEED_BYTES 2048 /* plain bytes encrypted at once */

static void begin(struct nrs_https *h);
static void on_timer(uv_timer_t *timer);

/* Ending: the attempt's outcome is noted, the socket closed, and only then `done` called. */

static void report(struct nrs_https *h)
{
    bool ok = h->reply.done && h->why[0] == '\0';

    uv_timer_stop(&h->timer);
    if (h->state == NRS_HTTPS_IDLE)
        uv_timer_start(&h->timer, on_timer, NRS_HTTPS_IDLE_MS, 0);
    if (h->done != NULL)
        h->done(h->arg, ok ? &h->reply : NULL, ok ? NULL : h->why);
}

static void end_pump(struct nrs_https *h)
{
    if (h->pumping)
        nrs_tls_pump_done(&h->pump);
    h->pumping = false;
}

static void on_closed(uv_handle_t *tcp)
{
    struct nrs_dial *d = tcp->data;
    struct nrs_https *h = d->arg;
    bool was_stale = h->in_use && !h->fresh && !h->reply.started && !h->finished;

    end_pump(h);
    h->state = NRS_HTTPS_CLOSED;
    if (was_stale) {
        h->why[0] = '\0';
        begin(h);
    } else if (h->in_use) {
        h->in_use = false;
        report(h);
    }
}

static void hang_up(struct nrs_https *h)
{
    if (h->state == NRS_HTTPS_DIALING) {
        nrs_dial_stop(&h->dial);
    } else if (h->state != NRS_HTTPS_CLOSED && h->state != NRS_HTTPS_CLOSING) {
        h->state = NRS_HTTPS_CLOSING;
        uv_close((uv_handle_t *)&h->tcp, on_closed);
    }
}

static void fail(struct nrs_https *h, const char *why)
{
    if (h->why[0] == '\0')
        snprintf(h->why, sizeof h->why, "%s", why);
    hang_up(h);
}

static void fail_tls(struct nrs_https *h, int err)
{
    struct nrs_why why;

    nrs_tls_error(err, mbedtls_ssl_get_verify_result(&h->pump.ssl), &why);
    fail(h, why.text);
}

/* Sending: bytes go to the socket at once, the rest waits in `out`. */

static void send_more(struct nrs_https *h);
static void flush_out(struct nrs_https *h);

static void on_written(uv_write_t *req, int status)
{
    struct nrs_https *h = req->data;

    h->writing = false;
    if (h->state == NRS_HTTPS_CLOSING || h->state == NRS_HTTPS_CLOSED)
        return;
    if (status == UV_EPIPE || status == UV_ECONNRESET)
        return; /* the reading side will say why: an alert or a reply may still wait there */
    if (status != 0) {
        fail(h, uv_strerror(status));
    } else if (h->out_at < h->out_len) {
        flush_out(h);
    } else {
        h->out_at = h->out_len = 0;
        if (h->state == NRS_HTTPS_POSTING)
            send_more(h);
    }
}

static void flush_out(struct nrs_https *h)
{
    uv_buf_t buf = uv_buf_init((char *)h->out + h->out_at, (unsigned)(h->out_len - h->out_at));
    int rc;

    h->out_at = h->out_len; /* what is added meanwhile goes behind it */
    h->write.data = h;
    rc = uv_write(&h->write, (uv_stream_t *)&h->tcp, &buf, 1, on_written);
    h->writing = rc == 0;
    if (rc != 0)
        fail(h, uv_strerror(rc));
}

static int send_bytes(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_https *h = arg;

    if (h->out_len == 0) {
        uv_buf_t buf = uv_buf_init((char *)bytes, (unsigned)len);
        int n = uv_try_write((uv_stream_t *)&h->tcp, &buf, 1);

        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    if (len > sizeof h->out - h->out_len)
        return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    memcpy(h->out + h->out_len, bytes, len);
    h->out_len += len;
    if (len > 0 && !h->writing)
        flush_out(h);
    return 0;
}

/* Feeds head and body to TLS as long as the socket takes them. */
static void send_more(struct nrs_https *h)
{
    while (h->state == NRS_HTTPS_POSTING && h->out_len == 0) {
        bool in_head = h->sent < h->part_len[0];
        size_t at = in_head ? h->sent : h->sent - h->part_len[0];
        size_t n = h->part_len[!in_head] - at;
        int rc;

        if (n == 0)
            return;
        n = n < FEED_BYTES ? n : FEED_BYTES;
        rc = nrs_tls_pump_write(&h->pump, (const unsigned char *)h->part[!in_head] + at, n);
        if (rc != 0)
            fail_tls(h, rc);
        h->sent += n;
    }
}

/* Receiving. */

static void on_ready(void *arg)
{
    struct nrs_https *h = arg;

    h->state = NRS_HTTPS_POSTING;
    send_more(h);
}

static void on_plain(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_https *h = arg;
    int n;

    if (h->state != NRS_HTTPS_POSTING || h->reply.done)
        return;
    n = nrs_http_reply_feed(&h->reply, bytes, len);
    if (n < 0)
        fail(h, n == NRS_ERR_LIMIT ? "the reply is too large" : "the reply is not HTTP");
    else if ((size_t)n < len)
        h->reply.keep_alive = false; /* more than was asked for */
}

static const struct nrs_tls_pump_ops pump_ops = {.send = send_bytes, .ready = on_ready, .plain = on_plain};

static void shake_hands(struct nrs_https *h)
{
    struct nrs_tls_pump_ops ops = pump_ops;
    int rc;

    ops.arg = h;
    h->state = NRS_HTTPS_HANDSHAKE;
    h->pumping = true;
    rc = nrs_tls_pump_init(&h->pump, &h->tls->conf, h->url->host, &ops);
    if (rc == 0)
        rc = nrs_tls_pump_start(&h->pump);
    if (rc != 0)
        fail_tls(h, rc);
}

/* The reply is whole: keep the connection if everything was said, else end it first. */
static void finish(struct nrs_https *h)
{
    bool all_sent = h->sent == h->part_len[0] + h->part_len[1] && h->out_len == 0;

    h->finished = true;
    if (!h->reply.keep_alive || !all_sent || h->pump.closed_by_peer) {
        hang_up(h);
        return;
    }
    h->state = NRS_HTTPS_IDLE;
    h->in_use = false;
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
        shake_hands(h);
    }
}

static void take_end(struct nrs_https *h, const char *why)
{
    if (h->state == NRS_HTTPS_POSTING && nrs_http_reply_end(&h->reply) == 0)
        finish(h);
    else
        fail(h, why);
}

static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *buf)
{
    struct nrs_dial *d = tcp->data;
    struct nrs_https *h = d->arg;
    int rc;

    if (n == 0 || h->state == NRS_HTTPS_CLOSING)
        return;
    if (n < 0) {
        take_end(h, n == UV_EOF ? "the connection was closed" : uv_strerror((int)n));
        return;
    }
    if (h->state == NRS_HTTPS_PROXY) {
        take_proxy_reply(h, (const unsigned char *)buf->base, (size_t)n);
        return;
    }
    rc = nrs_tls_pump_feed(&h->pump, (const unsigned char *)buf->base, (size_t)n);
    if (h->state == NRS_HTTPS_POSTING && h->reply.done)
        finish(h);
    else if (rc < 0)
        fail_tls(h, rc);
    else if (h->pump.closed_by_peer)
        take_end(h, "the connection was closed");
}

static void on_alloc(uv_handle_t *tcp, size_t wanted, uv_buf_t *buf)
{
    struct nrs_dial *d = tcp->data;
    struct nrs_https *h = d->arg;

    (void)wanted;
    *buf = uv_buf_init((char *)h->in, sizeof h->in);
}

/* Beginning. */

static void ask_proxy(struct nrs_https *h)
{
    char head[NRS_REQUEST_HEAD_MAX];
    int len = nrs_http_connect_head(head, sizeof head, h->url);

    h->state = NRS_HTTPS_PROXY;
    nrs_http_reply_init(&h->reply, true);
    if (len < 0 || send_bytes(h, (const unsigned char *)head, (size_t)len) != 0)
        fail(h, "the proxy request does not fit");
}

static void on_dialed(void *arg, const char *why, const struct sockaddr *to)
{
    struct nrs_https *h = arg;

    (void)to;
    if (why != NULL) {
        h->state = NRS_HTTPS_CLOSED;
        if (h->why[0] == '\0')
            snprintf(h->why, sizeof h->why, "%.90s: %s", h->proxy->host[0] ? h->proxy->host : h->url->host,
                     why);
        if (h->in_use) {
            h->in_use = false;
            report(h);
        }
        return;
    }
    uv_tcp_nodelay(&h->tcp, 1);
    uv_read_start((uv_stream_t *)&h->tcp, on_alloc, on_read);
    if (h->proxy->host[0] != '\0')
        ask_proxy(h);
    else
        shake_hands(h);
}

static void on_timer(uv_timer_t *timer)
{
    struct nrs_https *h = timer->data;

    if (h->state == NRS_HTTPS_IDLE) {
        nrs_https_drop(h);
        return;
    }
    h->fresh = true; /* no second attempt */
    fail(h, "no complete reply within a minute");
}

/* Makes a new connection for the post at hand. */
static void begin(struct nrs_https *h)
{
    const struct nrs_url *to = h->proxy->host[0] != '\0' ? h->proxy : h->url;

    h->fresh = true;
    h->sent = h->out_at = h->out_len = 0;
    h->writing = false;
    h->state = NRS_HTTPS_DIALING;
    nrs_dial_start(&h->dial, to->host, to->port);
}

void nrs_https_init(struct nrs_https *h, uv_loop_t *loop, void (*found)(void *arg, const struct sockaddr *a),
                    void *arg)
{
    memset(h, 0, offsetof(struct nrs_https, in));
    h->loop = loop;
    h->arg = arg;
    uv_timer_init(loop, &h->timer);
    h->timer.data = h;
    nrs_dial_init(&h->dial, loop, &h->tcp);
    h->dial.done = on_dialed;
    h->dial.found = found;
    h->dial.arg = h;
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
    h->finished = false;
    nrs_http_reply_init(&h->reply, false);
    uv_timer_start(&h->timer, on_timer, NRS_HTTPS_ATTEMPT_MS, 0);
    h->fresh = false;
    if (h->state == NRS_HTTPS_IDLE) {
        h->state = NRS_HTTPS_POSTING;
        send_more(h);
    } else if (h->state == NRS_HTTPS_CLOSED) {
        begin(h);
    } /* else closing: on_closed begins anew */
}

void nrs_https_drop(struct nrs_https *h)
{
    if (h->state != NRS_HTTPS_IDLE)
        return;
    uv_timer_stop(&h->timer);
    nrs_tls_pump_close(&h->pump);
    hang_up(h);
}

void nrs_https_close(struct nrs_https *h)
{
    h->done = NULL;
    h->fresh = true;
    uv_close((uv_handle_t *)&h->timer, NULL);
    hang_up(h);
}
