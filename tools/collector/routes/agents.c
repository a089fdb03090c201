#include "tools/collector/routes/agents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "models/base/error.h"
#include "tools/collector/serve/tls.h"

#define RETRY "Retry-After: 5\r\n"
#define DAY_S 86400

static void give_back(struct nrs_col_server *s, size_t charge)
{
    s->budget.used -= charge;
    s->metrics.pending_bytes = s->budget.used;
}

static void stored(struct nrs_col_post *p)
{
    struct nrs_col_agents *a = p->owner;
    struct nrs_col_metrics *m = &a->server->metrics;
    char body[64], retry[40];
    int n = snprintf(body, sizeof body, "{\"ok\":%u,\"new\":%u}\n", p->n, p->n_new);

    give_back(a->server, p->charge);
    if (p->rc == 0) {
        m->posts_stored++;
        m->records += p->n;
        m->records_new += p->n_new;
        m->keys_dropped += p->n_dropped;
        if (p->conn != NULL)
            nrs_col_conn_reply(p->conn, 200, "application/json", "", body, (size_t)n);
    } else if (p->conn != NULL && p->rc == NRS_ERR_LIMIT) {
        (void)snprintf(retry, sizeof retry, "Retry-After: %u\r\n", (unsigned)(DAY_S - time(NULL) % DAY_S));
        nrs_col_conn_refuse(p->conn, 429, retry, "this device has sent its records for today");
    } else if (p->conn != NULL) {
        nrs_col_conn_refuse(p->conn, 503, RETRY, "the store does not work at the moment");
    }
    nrs_col_post_free(p);
}

static bool takes(const char *type)
{
    static const char *const types[] = {"application/x-ndjson", "application/json"};
    size_t n = strcspn(type, "; \t");

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strlen(types[i]) == n && strncasecmp(types[i], type, n) == 0)
            return true;
    }
    return false;
}

void nrs_col_agents_post(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest)
{
    struct nrs_col_agents *a = c->service->arg;
    char why[NRS_COL_WHY + 16], *body;
    size_t len, charge;
    struct nrs_col_post *p;

    (void)route;
    (void)rest;
    if (!takes(c->http.content_type)) {
        nrs_col_conn_refuse(c, 415, "", "content type: application/x-ndjson or application/json");
        return;
    }
    if (!nrs_col_rate_take(&a->rate, c->device, uv_now(&a->server->loop))) {
        nrs_col_conn_refuse(c, 429, "Retry-After: 1\r\n", "this device posts too fast");
        return;
    }
    body = nrs_col_http_take_body(&c->http, &len, &charge);
    p = nrs_col_post_read(c->device, body, len, why);
    free(body);
    if (p == NULL) {
        give_back(a->server, charge);
        nrs_col_conn_refuse(c, 400, "", why);
        return;
    }
    p->owner = a;
    p->charge = charge;
    p->day_cap = a->server->config->records_per_day;
    p->done = stored;
    nrs_col_conn_work(c, &p->conn);
    nrs_col_ingest_put(a->ingest, p);
}

/* A device that has all its connections loses the oldest: it may be one that it does not know of any more. */
static void make_room(struct nrs_col_conn *c)
{
    struct nrs_col_conn *oldest = NULL;
    unsigned n = 0;

    for (struct nrs_col_conn *other = c->server->conns; other != NULL; other = other->next) {
        if (other != c && strcmp(other->device, c->device) == 0) {
            oldest = other; /* new ones are put in front */
            n++;
        }
    }
    if (n < c->server->config->device_connections)
        return;
    c->server->metrics.device_over++;
    nrs_col_conn_close(oldest);
}

static const char *identify(struct nrs_col_conn *c)
{
    const char *why = nrs_col_tls_device(&c->pump.ssl, c->device);

    if (why == NULL)
        make_room(c);
    else
        c->device[0] = '\0';
    return why;
}

static void handle(struct nrs_col_conn *c)
{
    nrs_col_route_answer(c, NRS_COL_AGENTS);
}

static void refused(struct nrs_col_conn *c, int status)
{
    struct nrs_col_metrics *m = &c->server->metrics;

    if (status == 429)
        m->posts_limited++;
    else if (status == 503)
        m->posts_failed++;
    else
        m->posts_refused++;
}

void nrs_col_agents_init(struct nrs_col_agents *a, struct nrs_col_server *server,
                         struct nrs_col_ingest *ingest, const mbedtls_ssl_config *tls)
{
    const struct nrs_col_config *c = server->config;

    a->server = server;
    a->ingest = ingest;
    nrs_col_rate_init(&a->rate, c->posts_per_s,
                      c->posts_burst > c->posts_per_s ? c->posts_burst : c->posts_per_s);
    a->service = (struct nrs_col_service){
        .name = "agents",
        .scheme = "https",
        .path = "/v1/verdicts",
        .tls = tls,
        .body_max = (size_t)c->body_kib * 1024,
        .connections_max = c->connections,
        .connections = &server->metrics.agents,
        .arg = a,
        .identify = identify,
        .handle = handle,
        .refused = refused,
    };
}
