/* tools/collector/routes/agents.c - what an agent may ask: POST /v1/verdicts (conn.h) */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/collector/serve/conn.h"

#define RETRY "Retry-After: 5\r\n"

static void stored(struct nrs_col_post *p, void *arg)
{
    struct nrs_col_conn *c = arg;
    struct nrs_col_server *s = p->server;
    char body[64];
    int n = snprintf(body, sizeof body, "{\"ok\":%u,\"new\":%u}\n", p->n, p->n_new);

    s->budget.used -= p->charge;
    s->metrics.pending_bytes = s->budget.used;
    if (p->rc == 0) {
        s->metrics.posts_stored++;
        s->metrics.records += p->n;
        s->metrics.records_new += p->n_new;
        if (c != NULL)
            nrs_col_conn_reply(c, 200, "application/json", "", body, (size_t)n);
    } else if (c != NULL) {
        nrs_col_conn_refuse(c, 503, RETRY, "the store does not work at the moment");
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

/* Why the request cannot be taken, before its body is looked at: an HTTP status, or 0. */
static int objection(struct nrs_col_conn *c, const char **why)
{
    bool known = strcmp(c->http.url, "/v1/verdicts") == 0;

    *why = !known ? "no such address"
           : c->http.parser.method != HTTP_POST ? "POST only"
                                                : "content type: application/x-ndjson or application/json";
    if (!known)
        return 404;
    if (c->http.parser.method != HTTP_POST)
        return 405;
    if (!takes(c->http.content_type))
        return 415;
    *why = "this device posts too fast";
    return nrs_col_rate_take(&c->server->rate, c->device, uv_now(&c->server->loop)) ? 0 : 429;
}

void nrs_col_agents_handle(struct nrs_col_conn *c)
{
    struct nrs_col_server *s = c->server;
    char why[NRS_COL_WHY + 16];
    const char *no;
    int status = objection(c, &no);
    size_t len, charge;
    struct nrs_col_post *p;
    char *body;

    if (status != 0) {
        nrs_col_conn_refuse(c, status, status == 429 ? "Retry-After: 1\r\n" : status == 405 ? "Allow: POST\r\n" : "", no);
        return;
    }
    body = nrs_col_http_take_body(&c->http, &len, &charge);
    p = nrs_col_post_read(c->device, body, len, why);
    if (p == NULL) {
        s->budget.used -= charge;
        nrs_col_conn_refuse(c, 400, "", why);
        return;
    }
    p->server = s;
    p->charge = charge;
    p->done = stored;
    p->arg = c;
    s->metrics.pending_bytes = s->budget.used;
    nrs_col_conn_work(c, &p->arg);
    nrs_col_ingest_put(&s->ingest, p);
}
