/* tools/collector/routes/routes.h - every address that the collector answers, in one table (routes.c)
 *
 * A path that ends with '*' matches everything that begins with what is before it; the first row that
 * matches counts. */
#ifndef NRS_COL_ROUTES_H
#define NRS_COL_ROUTES_H
#include <stdint.h>

#include "tools/collector/serve/conn.h"
#include "tools/collector/store/query.h"

enum nrs_col_audience { NRS_COL_AGENTS, NRS_COL_PEOPLE };

struct nrs_col_route {
    uint8_t audience;    /* enum nrs_col_audience: on whose listener */
    uint8_t query;       /* enum nrs_col_query_kind, for those that query the store */
    const char *method, *path;

    /* Answers the request. rest: what the '*' stands for, or what follows a '?'. */
    void (*answer)(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest);
};

/* Finds the row for an address ("/api/verdicts?limit=5") and sets *rest. NULL: no such address. */
const struct nrs_col_route *nrs_col_route_find(enum nrs_col_audience audience, const char *url,
                                               const char **rest);

/* Answers the request, also with 404 and 405. */
void nrs_col_route_answer(struct nrs_col_conn *c, enum nrs_col_audience audience);

/* Reads an address of the API: 0, NRS_ERR_FORMAT for a parameter that makes no sense, NRS_ERR_UNSUPPORTED
 * for an address that queries nothing. */
int nrs_col_route_query(struct nrs_col_query *q, const char *url);

/* Reads what follows the path of a route that queries the store. 0 or NRS_ERR_FORMAT. */
int nrs_col_query_read(struct nrs_col_query *q, enum nrs_col_query_kind kind, const char *rest);

#endif
