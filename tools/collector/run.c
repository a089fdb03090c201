#include "tools/collector/run.h"

#include <stdlib.h>

#include "tools/collector/files.h"
#include "tools/collector/records/line.h"
#include "tools/collector/routes/agents.h"
#include "tools/collector/routes/people.h"
#include "tools/collector/serve/server.h"
#include "tools/collector/serve/tls.h"

struct running {
    struct nrs_col_server server;
    struct nrs_col_tls tls;
    struct nrs_col_store *writer, *reader;
    struct nrs_col_ingest ingest;
    struct nrs_col_agents agents;
    struct nrs_col_people people;
};

static void drain(void *arg)
{
    nrs_col_ingest_flush(&((struct running *)arg)->ingest);
}

static bool idle(void *arg)
{
    return nrs_col_ingest_idle(&((struct running *)arg)->ingest);
}

static void done(void *arg)
{
    nrs_col_ingest_close(&((struct running *)arg)->ingest);
}

static int open_stores(struct running *r, const char *dir)
{
    const struct nrs_col_store_ops *ops = &nrs_col_store_sqlite;
    char why[NRS_COL_STORE_WHY];

    if (ops->open(&r->writer, dir, NRS_COL_STORE_WRITE, why) != 0 ||
        ops->open(&r->reader, dir, NRS_COL_STORE_READ, why) != 0)
        return nrs_col_complain(dir, why);
    return 0;
}

static int start(struct running *r, const char *dir)
{
    const struct nrs_col_config *c = r->server.config;
    const struct nrs_col_retention keep = {c->retain_days, c->retain_mib};
    int rc = nrs_col_tls_load(&r->tls, dir, c);

    if (rc == 0)
        rc = open_stores(r, dir);
    if (rc != 0)
        return rc;
    nrs_col_ingest_init(&r->ingest, &r->server.loop, r->writer, &r->server.metrics, c->gather_ms, &keep);
    nrs_col_agents_init(&r->agents, &r->server, &r->ingest, &r->tls.conf);
    nrs_col_people_init(&r->people, &r->server, r->reader, &r->ingest);
    rc = nrs_col_server_listen(&r->server, c->listen, &r->agents.service);
    return rc != 0 ? rc : nrs_col_server_listen(&r->server, c->page, &r->people.service);
}

int nrs_col_run(const char *dir, const struct nrs_col_config *c)
{
    struct running *r = calloc(1, sizeof *r);
    const struct nrs_col_backend backend = {drain, idle, done, r};
    int rc;

    if (r == NULL)
        return nrs_col_complain("memory", "not enough");
    nrs_col_line_init();
    nrs_col_server_init(&r->server, c);
    rc = start(r, dir);
    if (rc == 0)
        nrs_col_server_run(&r->server, &backend);
    nrs_col_server_close(&r->server);
    nrs_col_store_sqlite.close(r->reader);
    nrs_col_store_sqlite.close(r->writer);
    nrs_col_tls_free(&r->tls);
    free(r);
    return rc;
}
