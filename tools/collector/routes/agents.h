/* tools/collector/routes/agents.h - what an agent may request: POST /v1/verdicts, with a device's
 * certificate */
#ifndef NRS_COL_AGENTS_H
#define NRS_COL_AGENTS_H
#include "tools/collector/routes/routes.h"
#include "tools/collector/serve/rate.h"
#include "tools/collector/serve/service.h"
#include "tools/collector/store/ingest.h"

struct nrs_col_agents {
    struct nrs_col_service service;
    struct nrs_col_server *server;
    struct nrs_col_ingest *ingest;
    struct nrs_col_rate rate;
};

/* Fills the service; tls, ingest and server outlive it. */
void nrs_col_agents_init(struct nrs_col_agents *a, struct nrs_col_server *server,
                         struct nrs_col_ingest *ingest, const mbedtls_ssl_config *tls);

/* A row of the table of routes. */
void nrs_col_agents_post(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest);

#endif
