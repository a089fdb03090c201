/* Queries of the API (people.h), one at a time on a thread of libuv's pool */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/base/error.h"
#include "tools/collector/routes/people.h"

struct nrs_col_lookup {
    uv_work_t work;
    struct nrs_col_lookup *next;
    struct nrs_col_people *people;
    struct nrs_col_query query;
    struct nrs_col_answer answer;
    int rc;
    void *conn; /* NULL = nobody waits any more */
};

static void look_up(uv_work_t *work)
{
    struct nrs_col_lookup *l = work->data;
    struct nrs_col_store *store = l->people->store;

    l->rc = store->ops->query(store, &l->query, (int64_t)time(NULL), &l->answer);
}

static void looked_up(uv_work_t *work, int status);

static void count(struct nrs_col_metrics *m, const struct nrs_col_store *store)
{
    m->queries++;
    m->query_steps += store->steps;
    m->query_scans += store->scans;
}

static void next_lookup(struct nrs_col_people *p)
{
    if (p->lookups != NULL)
        (void)uv_queue_work(&p->server->loop, &p->lookups->work, look_up, looked_up);
}

static void looked_up(uv_work_t *work, int status)
{
    struct nrs_col_lookup *l = work->data;
    struct nrs_col_people *p = l->people;

    (void)status; /* never cancelled */
    p->lookups = l->next;
    p->n_lookups--;
    count(&p->server->metrics, p->store);
    if (l->conn != NULL && l->rc == 0)
        nrs_col_conn_reply(l->conn, 200, "application/json", "Cache-Control: no-store\r\n", l->answer.bytes,
                           l->answer.len);
    else if (l->conn != NULL && l->rc == NRS_ERR_RANGE)
        nrs_col_conn_refuse(l->conn, 404, "Cache-Control: no-store\r\n", "no such verdict");
    else if (l->conn != NULL)
        nrs_col_conn_refuse(l->conn, 503, "Retry-After: 5\r\n", "the store cannot be read");
    nrs_col_answer_free(&l->answer);
    free(l);
    next_lookup(p);
}

void nrs_col_people_query(struct nrs_col_conn *c, const struct nrs_col_route *route, const char *rest)
{
    struct nrs_col_people *p = c->service->arg;
    struct nrs_col_lookup *l, **last = &p->lookups;
    struct nrs_col_query query;

    if (nrs_col_query_read(&query, route->query, rest) != 0) {
        nrs_col_conn_refuse(c, 400, "", "a parameter makes no sense");
        return;
    }
    l = p->n_lookups < NRS_COL_LOOKUPS_MAX ? calloc(1, sizeof *l) : NULL;
    if (l == NULL) {
        nrs_col_conn_refuse(c, 503, "Retry-After: 1\r\n", "too many queries at a time");
        return;
    }
    l->work.data = l;
    l->people = p;
    l->query = query;
    while (*last != NULL)
        last = &(*last)->next;
    *last = l;
    p->n_lookups++;
    nrs_col_conn_work(c, &l->conn);
    if (p->lookups == l)
        next_lookup(p);
}
