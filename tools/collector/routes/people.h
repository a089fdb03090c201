/* tools/collector/routes/people.h - what a person's browser may request: the page, its API, health and
 * metrics
 *
 * The listener knows no login and is meant for loopback. A web site elsewhere could still send a browser
 * here under a name of its own that points to 127.0.0.1; so a Host that is neither an address nor ours is
 * refused.
 *
 * Limits: NRS_COL_PEOPLE_MAX connections, NRS_COL_LOOKUPS_MAX queries that wait; above: 503. Queries run
 *         one at a time on a
 * thread of libuv's pool. */
#ifndef NRS_COL_PEOPLE_H
#define NRS_COL_PEOPLE_H
#include "tools/collector/routes/routes.h"
#include "tools/collector/serve/service.h"
#include "tools/collector/store/ingest.h"

#define NRS_COL_PEOPLE_MAX 64
#define NRS_COL_LOOKUPS_MAX 64

struct nrs_col_lookup;

struct nrs_col_people {
    struct nrs_col_service service;
    struct nrs_col_server *server;
    struct nrs_col_store *store;    /* a READ store, used by the lookups' thread alone */
    struct nrs_col_ingest *ingest;
    struct nrs_col_lookup *lookups; /* waiting; the first is being done */
    unsigned n_lookups;
};

/* Fills the service; server, store and ingest outlive it. */
void nrs_col_people_init(struct nrs_col_people *p, struct nrs_col_server *server, struct nrs_col_store *store,
                         struct nrs_col_ingest *ingest);

/* Rows of the table of routes. */
void nrs_col_people_query(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest);
void nrs_col_people_health(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest);
void nrs_col_people_metrics(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest);
void nrs_col_people_file(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest);

#endif
