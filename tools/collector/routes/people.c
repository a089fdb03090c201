/* tools/collector/routes/people.c - what a person's browser may ask: the page, its API, health and metrics (conn.h)
 *
 * The listener is meant for loopback and knows no login. A web site elsewhere could still send a browser here
 * under a name of its own that points to 127.0.0.1; so a Host that is neither an address nor ours is refused. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "models/base/error.h"
#include "tools/collector/serve/conn.h"
#include "tools/collector/routes/page.h"

#define SAFE                                                                                                   \
    "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n" \
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n"

struct nrs_col_lookup {
    uv_work_t work;
    struct nrs_col_lookup *next;
    struct nrs_col_server *server;
    struct nrs_col_query query;
    char *json;
    size_t len;
    int status;
    void *conn; /* NULL = nobody waits any more */
};

static void look_up(uv_work_t *work)
{
    struct nrs_col_lookup *l = work->data;

    l->status = nrs_col_query_run(l->server->reader, &l->query, (int64_t)time(NULL), &l->json, &l->len);
}

static void looked_up(uv_work_t *work, int status);

/* One at a time: the reader's handle is for one thread. */
static void next_lookup(struct nrs_col_server *s)
{
    if (s->lookups != NULL)
        (void)uv_queue_work(&s->loop, &s->lookups->work, look_up, looked_up);
}

static void looked_up(uv_work_t *work, int status)
{
    struct nrs_col_lookup *l = work->data;
    struct nrs_col_server *s = l->server;

    (void)status; /* never cancelled */
    s->lookups = l->next;
    s->n_lookups--;
    if (l->conn != NULL)
        nrs_col_conn_reply(l->conn, l->status, "application/json", SAFE "Cache-Control: no-store\r\n",
                           l->json != NULL ? l->json : "", l->len);
    free(l->json);
    free(l);
    next_lookup(s);
}

static void ask(struct nrs_col_conn *c, const struct nrs_col_query *q)
{
    struct nrs_col_server *s = c->server;
    struct nrs_col_lookup *l = s->n_lookups < NRS_COL_QUERIES_MAX ? calloc(1, sizeof *l) : NULL, **last = &s->lookups;

    if (l == NULL) {
        nrs_col_conn_refuse(c, 503, "Retry-After: 1\r\n", "too many questions at a time");
        return;
    }
    l->work.data = l;
    l->server = s;
    l->query = *q;
    l->conn = c;
    while (*last != NULL)
        last = &(*last)->next;
    *last = l;
    s->n_lookups++;
    nrs_col_conn_work(c, &l->conn);
    if (s->lookups == l)
        next_lookup(s);
}

/* "name", "name:port", "[v6]:port" */
static bool host_is_ours(const struct nrs_col_conn *c)
{
    unsigned char raw[16];
    char host[128];
    size_t n = strcspn(c->http.host, c->http.host[0] == '[' ? "]" : ":");
    const char *from = c->http.host + (c->http.host[0] == '[');

    (void)snprintf(host, sizeof host, "%.*s", (int)(n - (size_t)(from - c->http.host)), from);
    return inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1 ||
           strcasecmp(host, "localhost") == 0 || strcasecmp(host, c->server->config.name) == 0;
}

static bool serve_file(struct nrs_col_conn *c)
{
    char headers[1024];

    for (size_t i = 0; i < nrs_col_page_n; i++) {
        const struct nrs_col_page_file *f = &nrs_col_page_files[i];
        bool same = strcmp(c->http.etag, f->etag) == 0;

        if (strcmp(c->http.url, f->path) != 0)
            continue;
        (void)snprintf(headers, sizeof headers, SAFE "Cache-Control: no-cache\r\nETag: %s\r\n", f->etag);
        nrs_col_conn_reply(c, same ? 304 : 200, f->type, headers, (const char *)f->bytes, same ? 0 : f->len);
        return true;
    }
    return false;
}

static void serve_health(struct nrs_col_conn *c)
{
    static const char good[] = "{\"ok\":true}\n", bad[] = "{\"ok\":false}\n";
    bool ok = !c->server->ingest.failing;

    nrs_col_conn_reply(c, ok ? 200 : 503, "application/json", "Cache-Control: no-store\r\n", ok ? good : bad,
                       ok ? sizeof good - 1 : sizeof bad - 1);
}

static void serve_metrics(struct nrs_col_conn *c)
{
    char text[8192];
    size_t n;

    c->server->metrics.pending_bytes = c->server->budget.used;
    n = nrs_col_metrics_write(&c->server->metrics, text, sizeof text);
    nrs_col_conn_reply(c, 200, "text/plain; version=0.0.4", "Cache-Control: no-store\r\n", text, n);
}

void nrs_col_people_handle(struct nrs_col_conn *c)
{
    const char *url = c->http.url;
    struct nrs_col_query q;
    int rc;

    if (!host_is_ours(c)) {
        nrs_col_conn_refuse(c, 421, "", "this name is not ours: use the address, or localhost");
        return;
    }
    if (c->http.parser.method != HTTP_GET) {
        nrs_col_conn_refuse(c, 405, "Allow: GET\r\n", "GET only");
        return;
    }
    if (strcmp(url, "/healthz") == 0) {
        serve_health(c);
        return;
    }
    if (strcmp(url, "/metrics") == 0) {
        serve_metrics(c);
        return;
    }
    if (serve_file(c))
        return;
    rc = nrs_col_query_parse(&q, url);
    if (rc == 0)
        ask(c, &q);
    else
        nrs_col_conn_refuse(c, rc == NRS_ERR_FORMAT ? 400 : 404, "",
                            rc == NRS_ERR_FORMAT ? "a parameter makes no sense" : "no such address");
}
