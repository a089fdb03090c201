#include "tools/collector/serve/server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tools/collector/files.h"
#include "tools/collector/serve/conn.h"

#define BACKLOG 512
#define SWEEP_MS 500
#define STOPPING_MS 20

static void on_connection(uv_stream_t *stream, int status)
{
    struct nrs_col_listener *l = stream->data;

    if (status == 0)
        nrs_col_conn_accept(l->server, stream, l->service);
}

/* The port that the kernel chose, if the configuration left it open with 0. */
static unsigned port_of(const uv_tcp_t *tcp)
{
    struct sockaddr_storage a;
    int len = sizeof a;

    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&a, &len) != 0)
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

int nrs_col_server_listen(struct nrs_col_server *s, const char *where, const struct nrs_col_service *service)
{
    struct nrs_col_listener *l = &s->listeners[s->n_listeners];
    struct sockaddr_storage address;
    char host[64];
    int rc;

    if (s->n_listeners == NRS_COL_LISTENERS || nrs_col_address_read(where, &address, host, sizeof host) != 0)
        return nrs_col_complain(where, "not ADDRESS:PORT");
    rc = uv_tcp_init(&s->loop, &l->tcp);
    if (rc != 0)
        return nrs_col_complain(where, uv_strerror(rc));
    s->n_listeners++;
    l->tcp.data = l;
    l->server = s;
    l->service = service;
    rc = uv_tcp_bind(&l->tcp, (const struct sockaddr *)&address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, on_connection);
    if (rc != 0)
        return nrs_col_complain(where, uv_strerror(rc));
    (void)fprintf(stderr, "noroshi-collector: %s: %s://%.*s:%u%s\n", service->name, service->scheme,
                  (int)(strrchr(where, ':') - where), where, port_of(&l->tcp), service->path);
    return 0;
}

static void close_handle(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* When nothing is on its way into the store any more, the rest can go; the loop then ends by itself. */
static void finish(struct nrs_col_server *s)
{
    struct nrs_col_conn *c = s->conns, *next;

    if (!s->backend.idle(s->backend.arg))
        return;
    for (; c != NULL; c = next) {
        next = c->next;
        if (c->state != NRS_COL_CONN_LINGER || uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp) == 0)
            nrs_col_conn_close(c);
    }
    if (s->conns != NULL)
        return;
    s->backend.done(s->backend.arg);
    close_handle(&s->sweep);
    close_handle(&s->term);
    close_handle(&s->intr);
}

static void on_sweep(uv_timer_t *timer)
{
    struct nrs_col_server *s = timer->data;
    struct nrs_col_conn *c = s->conns, *next;
    uint64_t now = uv_now(&s->loop);

    for (; c != NULL; c = next) {
        next = c->next;
        if (c->deadline_ms == 0 || now < c->deadline_ms)
            continue;
        if (c->state == NRS_COL_CONN_READ)
            s->metrics.timeouts++;
        nrs_col_conn_close(c);
    }
    if (s->stopping)
        finish(s);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct nrs_col_server *s = signal->data;

    (void)number;
    if (s->stopping)
        return;
    s->stopping = true;
    for (unsigned i = 0; i < s->n_listeners; i++)
        close_handle(&s->listeners[i].tcp);
    s->backend.drain(s->backend.arg);
    (void)uv_timer_start(&s->sweep, on_sweep, 0, STOPPING_MS);
}

void nrs_col_server_init(struct nrs_col_server *s, const struct nrs_col_config *config)
{
    memset(s, 0, sizeof *s);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file size limit is a full disk: an error to answer, not a death */
    s->config = config;
    nrs_col_rate_init(&s->handshakes, config->address_handshakes, config->address_handshakes * 4);
    s->budget.cap = (size_t)config->pending_kib * 1024;
    (void)uv_loop_init(&s->loop);
    (void)uv_timer_init(&s->loop, &s->sweep);
    (void)uv_signal_init(&s->loop, &s->term);
    (void)uv_signal_init(&s->loop, &s->intr);
    s->sweep.data = s->term.data = s->intr.data = s;
    /* Before anyone can know that we listen: a signal that comes early waits for the loop. */
    (void)uv_signal_start(&s->term, on_signal, SIGTERM);
    (void)uv_signal_start(&s->intr, on_signal, SIGINT);
}

void nrs_col_server_run(struct nrs_col_server *s, const struct nrs_col_backend *backend)
{
    s->backend = *backend;
    (void)uv_timer_start(&s->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
}

static void drop_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    close_handle(handle);
}

void nrs_col_server_close(struct nrs_col_server *s)
{
    uv_walk(&s->loop, drop_handle, NULL);
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&s->loop);
}
