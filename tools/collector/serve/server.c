#include "tools/collector/serve/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/serve/conn.h"
#include "tools/collector/fleet/init.h"
#include "tools/collector/records/line.h"

#define BACKLOG 512
#define SWEEP_MS 500

static void on_agent(uv_stream_t *listener, int status)
{
    if (status == 0)
        nrs_col_conn_accept(listener->data, listener, true);
}

static void on_person(uv_stream_t *listener, int status)
{
    if (status == 0)
        nrs_col_conn_accept(listener->data, listener, false);
}

static int listen_at(struct nrs_col_server *s, uv_tcp_t *tcp, const char *where, uv_connection_cb fn)
{
    struct sockaddr_storage address;
    char host[64];
    int rc = uv_tcp_init(&s->loop, tcp);

    tcp->data = s;
    if (nrs_col_address_read(where, &address, host, sizeof host) != 0)
        return nrs_col_complain(where, "not ADDRESS:PORT");
    if (rc == 0)
        rc = uv_tcp_bind(tcp, (const struct sockaddr *)&address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)tcp, BACKLOG, fn);
    return rc == 0 ? 0 : nrs_col_complain(where, uv_strerror(rc));
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

static void say_where(const struct nrs_col_server *s)
{
    const struct nrs_col_config *c = &s->config;

    (void)fprintf(stderr, "noroshi-collector: agents: https://%.*s:%u/v1/verdicts\n",
                  (int)(strrchr(c->listen, ':') - c->listen), c->listen, port_of(&s->agents));
    (void)fprintf(stderr, "noroshi-collector: page: http://%.*s:%u/\n", (int)(strrchr(c->page, ':') - c->page), c->page,
                  port_of(&s->people));
}

static void close_handle(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Once nothing is on its way into the store any more, the rest can go; the loop then ends by itself. */
static void finish(struct nrs_col_server *s)
{
    struct nrs_col_conn *c = s->conns, *next;

    if (!nrs_col_ingest_idle(&s->ingest))
        return;
    for (; c != NULL; c = next) {
        next = c->next;
        if (c->state != NRS_COL_CONN_LINGER || uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp) == 0)
            nrs_col_conn_close(c);
    }
    if (s->conns != NULL)
        return;
    nrs_col_ingest_close(&s->ingest);
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
    close_handle(&s->agents);
    close_handle(&s->people);
    nrs_col_ingest_flush(&s->ingest);
    (void)uv_timer_start(&s->sweep, on_sweep, 0, 20);
}

static int start(struct nrs_col_server *s)
{
    int rc = listen_at(s, &s->agents, s->config.listen, on_agent);

    if (rc == 0)
        rc = listen_at(s, &s->people, s->config.page, on_person);
    if (rc != 0)
        return rc;
    (void)uv_timer_start(&s->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    (void)uv_signal_start(&s->term, on_signal, SIGTERM);
    (void)uv_signal_start(&s->intr, on_signal, SIGINT);
    say_where(s);
    return 0;
}

static int open_store(struct nrs_col_server *s, const char *dir)
{
    if (nrs_col_store_open(&s->store, dir) != 0)
        return nrs_col_complain(dir, s->store.why);
    s->reader = nrs_col_store_reader(dir, s->store.why, sizeof s->store.why);
    return s->reader != NULL ? 0 : nrs_col_complain(dir, s->store.why);
}

static void drop_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    close_handle(handle);
}

int nrs_col_serve(const char *dir, const struct nrs_col_config *c)
{
    struct nrs_col_server *s = calloc(1, sizeof *s);
    int rc;

    if (s == NULL)
        return nrs_col_complain("memory", "not enough");
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file size limit is a full disk: an error to answer, not a death */
    s->config = *c;
    s->budget.cap = (size_t)c->pending_kib * 1024;
    nrs_col_line_init();
    nrs_col_http_setup();
    nrs_col_rate_init(&s->rate, c->posts_per_s);
    (void)uv_loop_init(&s->loop);
    (void)uv_timer_init(&s->loop, &s->sweep);
    (void)uv_signal_init(&s->loop, &s->term);
    (void)uv_signal_init(&s->loop, &s->intr);
    s->sweep.data = s->term.data = s->intr.data = s;
    s->store.lock_fd = -1;
    nrs_col_ingest_init(&s->ingest, &s->loop, &s->store, &s->metrics, c->gather_ms);
    rc = nrs_col_tls_load(&s->tls, dir, c);
    if (rc == 0)
        rc = open_store(s, dir);
    if (rc == 0)
        rc = start(s);
    if (rc != 0)
        uv_walk(&s->loop, drop_handle, NULL);
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&s->loop);
    sqlite3_close(s->reader);
    nrs_col_store_close(&s->store);
    nrs_col_tls_free(&s->tls);
    free(s);
    return rc;
}
