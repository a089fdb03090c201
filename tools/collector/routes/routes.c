#include "tools/collector/routes/routes.h"

#include <stdio.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/routes/agents.h"
#include "tools/collector/routes/people.h"

static const struct nrs_col_route table[] = {
    {NRS_COL_AGENTS, 0, "POST", "/v1/verdicts", nrs_col_agents_post},
    {NRS_COL_PEOPLE, NRS_COL_Q_NEWEST, "GET", "/api/verdicts", nrs_col_people_query},
    {NRS_COL_PEOPLE, NRS_COL_Q_VERDICT, "GET", "/api/verdicts/*", nrs_col_people_query},
    {NRS_COL_PEOPLE, NRS_COL_Q_DEVICES, "GET", "/api/devices", nrs_col_people_query},
    {NRS_COL_PEOPLE, NRS_COL_Q_PROGRAMS, "GET", "/api/programs", nrs_col_people_query},
    {NRS_COL_PEOPLE, 0, "GET", "/healthz", nrs_col_people_health},
    {NRS_COL_PEOPLE, 0, "GET", "/metrics", nrs_col_people_metrics},
    {NRS_COL_PEOPLE, 0, "GET", "/*", nrs_col_people_file},
};

const struct nrs_col_route *nrs_col_route_find(enum nrs_col_audience audience, const char *url,
                                               const char **rest)
{
    size_t path = strcspn(url, "?");

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct nrs_col_route *r = &table[i];
        size_t n = strlen(r->path);
        bool open = r->path[n - 1] == '*';

        if (r->audience != audience || strncmp(r->path, url, open ? n - 1 : n) != 0 || (!open && path != n))
            continue;
        *rest = open ? url + n - 1 : url[path] == '?' ? url + path + 1 : url + path;
        return r;
    }
    return NULL;
}

void nrs_col_route_answer(struct nrs_col_conn *c, enum nrs_col_audience audience)
{
    const char *rest;
    const struct nrs_col_route *r = nrs_col_route_find(audience, c->http.url, &rest);
    char allow[32], why[32];

    if (r == NULL) {
        nrs_col_conn_refuse(c, 404, "", "no such address");
        return;
    }
    if (strcmp(c->http.method, r->method) == 0) {
        r->answer(c, r, rest);
        return;
    }
    (void)snprintf(allow, sizeof allow, "Allow: %s\r\n", r->method);
    (void)snprintf(why, sizeof why, "%s only", r->method);
    nrs_col_conn_refuse(c, 405, allow, why);
}

int nrs_col_route_query(struct nrs_col_query *q, const char *url)
{
    const char *rest;
    const struct nrs_col_route *r = nrs_col_route_find(NRS_COL_PEOPLE, url, &rest);

    if (r == NULL || r->answer != nrs_col_people_query)
        return NRS_ERR_UNSUPPORTED;
    return nrs_col_query_read(q, r->query, rest);
}
