#include "agent/net/stream.h"

#include <string.h>

static struct nrs_stream *of(struct nrs_transport *t)
{
    return (struct nrs_stream *)t;
}

/* Reports the end once, and not while the user closes. */
static void end(struct nrs_stream *s, const char *why)
{
    if (!s->closing)
        s->transport.events->ended(s->transport.arg, why);
}

static void end_tls(struct nrs_stream *s, int err)
{
    struct nrs_why why;

    s->broken = true;
    nrs_tls_error(s->transport.tls, &s->pump.ssl, err, &why);
    end(s, why.text);
}

/* Sending: bytes go to the socket at once, the rest waits in `out`. */

static void flush_out(struct nrs_stream *s);

static void on_written(uv_write_t *req, int status)
{
    struct nrs_stream *s = req->data;

    s->writing = false;
    if (s->closing)
        return;
    if (status == UV_EPIPE || status == UV_ECONNRESET)
        return; /* the reading side will say why: an alert or a reply may still wait there */
    if (status != 0) {
        end(s, uv_strerror(status));
    } else if (s->out_at < s->out_len) {
        flush_out(s);
    } else {
        s->out_at = s->out_len = 0;
        s->transport.events->drained(s->transport.arg);
    }
}

static void flush_out(struct nrs_stream *s)
{
    uv_buf_t buf = uv_buf_init((char *)s->out + s->out_at, (unsigned)(s->out_len - s->out_at));
    int rc;

    s->out_at = s->out_len; /* what is added meanwhile goes behind it */
    s->write.data = s;
    rc = uv_write(&s->write, (uv_stream_t *)&s->tcp, &buf, 1, on_written);
    s->writing = rc == 0;
    if (rc != 0)
        end(s, uv_strerror(rc));
}

static int send_bytes(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_stream *s = arg;

    if (s->out_len == 0) {
        uv_buf_t buf = uv_buf_init((char *)bytes, (unsigned)len);
        int n = uv_try_write((uv_stream_t *)&s->tcp, &buf, 1);

        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    if (len > sizeof s->out - s->out_len)
        return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    memcpy(s->out + s->out_len, bytes, len);
    s->out_len += len;
    if (len > 0 && !s->writing)
        flush_out(s);
    return 0;
}

/* Receiving. */

static void on_ready(void *arg)
{
    struct nrs_stream *s = arg;

    s->transport.events->secured(s->transport.arg);
}

static void on_plain(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_stream *s = arg;

    if (!s->closing)
        s->transport.events->received(s->transport.arg, bytes, len);
}

static void take_bytes(struct nrs_stream *s, const unsigned char *bytes, size_t len)
{
    int rc = 0;

    if (s->pumping)
        rc = nrs_tls_pump_feed(&s->pump, bytes, len);
    else
        on_plain(s, bytes, len);
    if (s->closing)
        return;
    if (rc < 0)
        end_tls(s, rc);
    else if (s->pumping && s->pump.closed_by_peer)
        end(s, "the connection was closed");
    else
        s->transport.events->settled(s->transport.arg);
}

static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *buf)
{
    struct nrs_dial *d = tcp->data;
    struct nrs_stream *s = d->arg;

    if (n < 0)
        end(s, n == UV_EOF ? "the connection was closed" : uv_strerror((int)n));
    else if (n > 0 && !s->closing)
        take_bytes(s, (const unsigned char *)buf->base, (size_t)n);
}

static void on_alloc(uv_handle_t *tcp, size_t wanted, uv_buf_t *buf)
{
    struct nrs_dial *d = tcp->data;
    struct nrs_stream *s = d->arg;

    (void)wanted;
    *buf = uv_buf_init((char *)s->in, sizeof s->in);
}

/* The operations. */

static void on_dialed(void *arg, const char *why)
{
    struct nrs_stream *s = arg;

    if (why == NULL) {
        uv_tcp_nodelay(&s->tcp, 1);
        uv_read_start((uv_stream_t *)&s->tcp, on_alloc, on_read);
    }
    s->transport.events->opened(s->transport.arg, why);
}

static void dial(struct nrs_transport *t, const char *host, uint16_t port)
{
    struct nrs_stream *s = of(t);

    s->out_at = s->out_len = 0;
    s->writing = s->broken = s->closing = false;
    nrs_dial_start(&s->dial, host, port);
}

static void secure(struct nrs_transport *t, const char *host)
{
    struct nrs_stream *s = of(t);
    const struct nrs_tls_pump_ops ops = {send_bytes, on_ready, on_plain, s};
    int rc = nrs_tls_pump_init(&s->pump, &t->tls->conf, host, &ops);

    s->pumping = true;
    if (rc == 0)
        rc = nrs_tls_pump_start(&s->pump);
    if (rc != 0)
        end_tls(s, rc);
}

static void write_bytes(struct nrs_transport *t, const void *bytes, size_t len)
{
    struct nrs_stream *s = of(t);
    int rc = s->pumping ? nrs_tls_pump_write(&s->pump, bytes, len) : send_bytes(s, bytes, len);

    if (rc != 0)
        end_tls(s, rc);
}

static size_t pending(const struct nrs_transport *t)
{
    return ((const struct nrs_stream *)t)->out_len;
}

static void on_closed(uv_handle_t *tcp)
{
    struct nrs_dial *d = tcp->data;
    struct nrs_stream *s = d->arg;

    if (s->pumping)
        nrs_tls_pump_done(&s->pump);
    s->pumping = false;
    s->transport.events->closed(s->transport.arg);
}

static void close_stream(struct nrs_transport *t)
{
    struct nrs_stream *s = of(t);

    if (nrs_dial_busy(&s->dial)) {
        nrs_dial_stop(&s->dial);
        return;
    }
    s->closing = true;
    if (s->pumping && s->pump.handshaken && !s->broken)
        (void)nrs_tls_pump_close(&s->pump);
    uv_close((uv_handle_t *)&s->tcp, on_closed);
}

static void on_timer(uv_timer_t *timer)
{
    struct nrs_stream *s = timer->data;

    s->transport.events->alarm(s->transport.arg);
}

static void set_alarm(struct nrs_transport *t, uint32_t ms)
{
    struct nrs_stream *s = of(t);

    if (ms == 0)
        uv_timer_stop(&s->timer);
    else
        uv_timer_start(&s->timer, on_timer, ms, 0);
}

static void end_stream(struct nrs_transport *t)
{
    uv_close((uv_handle_t *)&of(t)->timer, NULL);
}

static const struct nrs_transport_ops ops = {.dial = dial,
                                             .secure = secure,
                                             .write = write_bytes,
                                             .pending = pending,
                                             .close = close_stream,
                                             .set_alarm = set_alarm,
                                             .end = end_stream};

void nrs_stream_init(struct nrs_stream *s, uv_loop_t *loop, struct nrs_tls_client *tls,
                     void (*found)(void *arg, const struct sockaddr *address), void *arg)
{
    memset(s, 0, offsetof(struct nrs_stream, in));
    s->transport.ops = &ops;
    s->transport.tls = tls;
    uv_timer_init(loop, &s->timer);
    s->timer.data = s;
    nrs_dial_init(&s->dial, loop, &s->tcp);
    s->dial.done = on_dialed;
    s->dial.arg = s;
    s->dial.found = found;
    s->dial.found_arg = arg;
}
