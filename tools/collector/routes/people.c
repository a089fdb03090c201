#include "tools/collector/routes/people.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/collector/routes/page.h"

#define FRESH "Cache-Control: no-store\r\n"

/* "name", "name:port", "[v6]:port" */
static bool host_is_ours(const struct nrs_col_conn *c)
{
    unsigned char raw[16];
    char host[128];
    size_t n = strcspn(c->http.host, c->http.host[0] == '[' ? "]" : ":");
    const char *from = c->http.host + (c->http.host[0] == '[');

    (void)snprintf(host, sizeof host, "%.*s", (int)(n - (size_t)(from - c->http.host)), from);
    return inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1 ||
           strcasecmp(host, "localhost") == 0 || strcasecmp(host, c->server->config->name) == 0;
}

void nrs_col_people_file(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest)
{
    char headers[128];

    (void)route;
    for (size_t i = 0; i < nrs_col_page_n; i++) {
        const struct nrs_col_page_file *f = &nrs_col_page_files[i];
        bool same = strcmp(c->http.etag, f->etag) == 0;

        if (strcmp(rest, f->path + 1) != 0)
            continue;
        (void)snprintf(headers, sizeof headers, "Cache-Control: no-cache\r\nETag: %s\r\n", f->etag);
        nrs_col_conn_reply(c, same ? 304 : 200, f->type, headers, (const char *)f->bytes, same ? 0 : f->len);
        return;
    }
    nrs_col_conn_refuse(c, 404, "", "no such address");
}

void nrs_col_people_health(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest)
{
    static const char good[] = "{\"ok\":true}\n", bad[] = "{\"ok\":false}\n";
    const struct nrs_col_people *p = c->service->arg;
    bool ok = !p->ingest->failing;

    (void)route;
    (void)rest;
    nrs_col_conn_reply(c, ok ? 200 : 503, "application/json", FRESH, ok ? good : bad,
                       ok ? sizeof good - 1 : sizeof bad - 1);
}

void nrs_col_people_metrics(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest)
{
    char text[8192];
    size_t n = nrs_col_metrics_write(&c->server->metrics, text, sizeof text);

    (void)route;
    (void)rest;
    nrs_col_conn_reply(c, 200, "text/plain; version=0.0.4", FRESH, text, n);
}

static void handle(struct nrs_col_conn *c)
{
    if (host_is_ours(c))
        nrs_col_route_answer(c, NRS_COL_PEOPLE);
    else
        nrs_col_conn_refuse(c, 421, "", "this name is not ours: use the address, or localhost");
}

void nrs_col_people_init(struct nrs_col_people *p, struct nrs_col_server *server, struct nrs_col_store *store,
                         struct nrs_col_ingest *ingest)
{
    *p = (struct nrs_col_people){.server = server, .store = store, .ingest = ingest};
    p->service = (struct nrs_col_service){
        .name = "page",
        .scheme = "http",
        .path = "/",
        .connections_max = NRS_COL_PEOPLE_MAX,
        .connections = &server->metrics.people,
        .arg = p,
        .handle = handle,
    };
}
