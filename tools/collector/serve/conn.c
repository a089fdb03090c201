#include "tools/collector/serve/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mbedtls/error.h>

#include "tools/collector/serve/admit.h"

#define LINGER_MS 2000

/* On every answer: a browser runs only what came from here, shows it in nobody's frame, and guesses no
 * types. */
#define SAFE                                                                                              \
    "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "              \
    "form-action 'none'\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"           \
    "Cross-Origin-Resource-Policy: same-origin\r\n"

struct output {
    uv_write_t write;
    unsigned char bytes[];
};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

/* Reads on, but not before the peer has taken every byte that was sent to it. */
static void listen_on(struct nrs_col_conn *c)
{
    uv_stream_t *stream = (uv_stream_t *)&c->tcp;
    int rc = 0;

    if (uv_stream_get_write_queue_size(stream) > 0)
        (void)uv_read_stop(stream);
    else
        rc = uv_read_start(stream, on_alloc, on_read);
    if (rc != 0 && rc != UV_EALREADY)
        nrs_col_conn_close(c);
}

static void wrote(uv_write_t *write, int status)
{
    struct nrs_col_conn *c = write->handle->data;

    free((struct output *)write);
    if (c->state == NRS_COL_CONN_CLOSED)
        return;
    if (status != 0)
        nrs_col_conn_close(c);
    else if (c->state != NRS_COL_CONN_WORK)
        listen_on(c);
}

/* Bytes to the socket: at once as far as it takes them, the rest copied. One answer at a time is under
 * way, so the copies are bounded by it. */
static int send_raw(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_col_conn *c = arg;
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)len);
    int done = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
    struct output *out;

    if (done == (int)len)
        return 0;
    if (done < 0 && done != UV_EAGAIN)
        return -1;
    done = done < 0 ? 0 : done;
    out = malloc(sizeof *out + len - (size_t)done);
    if (out == NULL)
        return -1;
    memcpy(out->bytes, bytes + done, len - (size_t)done);
    buf = uv_buf_init((char *)out->bytes, (unsigned)(len - (size_t)done));
    if (uv_write(&out->write, (uv_stream_t *)&c->tcp, &buf, 1, wrote) == 0)
        return 0;
    free(out);
    return -1;
}

static int send_bytes(struct nrs_col_conn *c, const char *bytes, size_t len)
{
    if (c->service->tls != NULL)
        return nrs_tls_pump_write(&c->pump, (const unsigned char *)bytes, len);
    return send_raw(c, (const unsigned char *)bytes, len);
}

static void set_deadline(struct nrs_col_conn *c, uint64_t ms)
{
    c->deadline_ms = uv_now(&c->server->loop) + ms;
}

static void closed(uv_handle_t *handle)
{
    struct nrs_col_conn *c = handle->data;

    if (c->service->tls != NULL)
        nrs_tls_pump_done(&c->pump);
    free(c->proxy);
    free(c);
}

void nrs_col_conn_close(struct nrs_col_conn *c)
{
    if (c->state == NRS_COL_CONN_CLOSED)
        return;
    c->state = NRS_COL_CONN_CLOSED;
    if (c->job != NULL)
        *c->job = NULL;
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    (*c->service->connections)--;
    nrs_col_http_done(&c->http);
    uv_close((uv_handle_t *)&c->tcp, closed);
}

static void on_ready(void *arg)
{
    struct nrs_col_conn *c = arg;
    const char *why = c->service->identify != NULL ? c->service->identify(c) : NULL;

    if (why == NULL) {
        c->server->metrics.handshakes++;
        set_deadline(c, (uint64_t)c->server->config->idle_s * 1000);
        return;
    }
    nrs_col_peer_refused(c, why);
    c->failed = true;
}

static void on_plain(void *arg, const unsigned char *bytes, size_t len)
{
    struct nrs_col_conn *c = arg;

    if (c->state != NRS_COL_CONN_READ) {
        c->http.keep_alive = false; /* it did not wait for the answer */
        return;
    }
    if (c->failed || !nrs_col_http_feed(&c->http, (const char *)bytes, len))
        return;
    c->deadline_ms = 0;
    if (c->http.status != 0)
        nrs_col_conn_refuse(c, c->http.status, c->http.status == 503 ? "Retry-After: 5\r\n" : "",
                            c->http.why);
    else
        c->service->handle(c);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct nrs_col_conn *c = handle->data;

    (void)suggested;
    *buf = uv_buf_init(c->server->in, sizeof c->server->in);
}

static void feed_tls(struct nrs_col_conn *c, const char *bytes, size_t len)
{
    bool shaken = c->pump.handshaken;
    int rc = nrs_tls_pump_feed(&c->pump, (const unsigned char *)bytes, len);
    char what[128];

    if (rc < 0 && !shaken && !c->pump.handshaken) {
        mbedtls_strerror(rc, what, sizeof what);
        nrs_col_peer_refused(c, what);
    }
    if (rc < 0 || c->failed || (c->pump.closed_by_peer && c->state != NRS_COL_CONN_WORK))
        nrs_col_conn_close(c);
}

/* Reads the header of a balancer. Returns how many of the n bytes belong to it; the connection is closed
 * if it is none, or if the address that it names is not let in. */
static size_t feed_proxy(struct nrs_col_conn *c, const char *bytes, size_t n)
{
    struct nrs_col_proxy *p = c->proxy;
    size_t before = p->len, room = sizeof p->bytes - p->len, more = n < room ? n : room;
    int header;

    memcpy(p->bytes + p->len, bytes, more);
    p->len += more;
    header = nrs_col_proxy_read(p->bytes, p->len, &c->from);
    if (header == 0)
        return n;
    if (header < 0)
        nrs_col_peer_refused(c, "no PROXY header");
    if (header < 0 || !nrs_col_admit(c)) {
        nrs_col_conn_close(c);
        return n;
    }
    free(p);
    c->proxy = NULL;
    return (size_t)header - before;
}

static void feed(struct nrs_col_conn *c, const char *bytes, size_t n)
{
    size_t header = c->proxy != NULL ? feed_proxy(c, bytes, n) : 0;

    if (header == n)
        return;
    if (c->service->tls != NULL)
        feed_tls(c, bytes + header, n - header);
    else
        on_plain(c, (const unsigned char *)bytes + header, n - header);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct nrs_col_conn *c = stream->data;
    bool begun = c->http.begun;

    if (n == 0)
        return;
    if (n < 0) {
        nrs_col_conn_close(c);
        return;
    }
    if (c->state == NRS_COL_CONN_LINGER)
        return;
    feed(c, buf->base, (size_t)n);
    /* The clock of a request starts with its first byte; what trickles in later does not move it. */
    if (c->state == NRS_COL_CONN_READ && !begun && c->http.begun)
        set_deadline(c, (uint64_t)c->server->config->request_s * 1000);
}

static bool start(struct nrs_col_conn *c)
{
    const struct nrs_tls_pump_ops ops = {.send = send_raw, .ready = on_ready, .plain = on_plain, .arg = c};

    if (c->service->tls != NULL && nrs_tls_pump_init(&c->pump, c->service->tls, NULL, &ops) != 0)
        return false;
    if (c->service->tls != NULL)
        nrs_col_peer_watch(&c->pump.ssl, &c->peer);
    return uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) == 0;
}

/* Who comes through a balancer is judged when its header is there. */
static bool let_in(struct nrs_col_conn *c)
{
    if (c->service->tls == NULL || !nrs_col_address_listed(c->server->config->proxy_from, &c->from))
        return nrs_col_admit(c);
    c->proxy = calloc(1, sizeof *c->proxy);
    return c->proxy != NULL;
}

void nrs_col_conn_accept(struct nrs_col_server *s, uv_stream_t *listener,
                         const struct nrs_col_service *service)
{
    struct nrs_col_conn *c = calloc(1, sizeof *c);
    int len;

    if (c == NULL)
        return; /* the listener tries again with the next one */
    c->server = s;
    c->service = service;
    c->tcp.data = c;
    (void)uv_tcp_init(&s->loop, &c->tcp);
    nrs_col_http_init(&c->http, service->body_max, &s->budget);
    c->next = s->conns;
    c->at = &s->conns;
    if (c->next != NULL)
        c->next->at = &c->next;
    s->conns = c;
    (*service->connections)++;
    s->metrics.accepted++;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0) {
        nrs_col_conn_close(c);
        return;
    }
    len = sizeof c->from;
    set_deadline(c, (uint64_t)s->config->request_s * 1000);
    if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&c->from, &len) != 0 || !let_in(c) || !start(c))
        nrs_col_conn_close(c);
}

static void half_closed(uv_shutdown_t *shutdown, int status)
{
    (void)shutdown;
    (void)status; /* the deadline closes it */
}

/* After the answer: waits for the next request, or ends the conversation. */
static void turn(struct nrs_col_conn *c)
{
    if (c->http.keep_alive) {
        nrs_col_http_next(&c->http);
        c->state = NRS_COL_CONN_READ;
        set_deadline(c, (uint64_t)c->server->config->idle_s * 1000);
    } else {
        c->state = NRS_COL_CONN_LINGER;
        set_deadline(c, LINGER_MS);
        if (c->service->tls != NULL)
            (void)nrs_tls_pump_close(&c->pump);
        (void)uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, half_closed);
    }
    listen_on(c);
}

void nrs_col_conn_work(struct nrs_col_conn *c, void **job)
{
    c->state = NRS_COL_CONN_WORK;
    c->job = job;
    *job = c;
    (void)uv_read_stop((uv_stream_t *)&c->tcp);
}

void nrs_col_conn_reply(struct nrs_col_conn *c, int status, const char *type, const char *headers,
                        const char *body, size_t n)
{
    char head[1536], date[40];
    time_t now = time(NULL);
    struct tm tm;
    int len, rc;

    c->job = NULL;
    c->http.keep_alive = c->http.keep_alive && !c->server->stopping;
    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
    len = snprintf(head, sizeof head,
                   "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                   "Connection: %s\r\n" SAFE "%s\r\n",
                   status, nrs_col_http_phrase(status), date, type, n,
                   c->http.keep_alive ? "keep-alive" : "close", headers);
    rc = send_bytes(c, head, (size_t)len);
    if (rc == 0 && n > 0)
        rc = send_bytes(c, body, n);
    if (rc != 0)
        nrs_col_conn_close(c);
    else
        turn(c);
}

void nrs_col_conn_refuse(struct nrs_col_conn *c, int status, const char *headers, const char *why)
{
    char body[256];
    int n = snprintf(body, sizeof body, "{\"error\":\"%s\"}\n", why);

    if (c->service->refused != NULL)
        c->service->refused(c, status);
    nrs_col_conn_reply(c, status, "application/json", headers, body, (size_t)n);
}
