/* tools/collector/serve/server.h - one loop, its listeners and their connections
 *
 * The server knows connections, requests, deadlines and counters. What a request means is the matter of
 * the services that it listens with (service.h), and run.c puts the two together. Everything here runs on
 * the loop's thread.
 *
 * Limits (collector.json): connections, bytes of a body, bytes of all bodies together, seconds for a
 * handshake with its request, idle seconds. What is over a limit is counted (metrics.h).
 * Errors: functions that return an exit code have written one line to stderr when it is not 0. */
#ifndef NRS_COL_SERVER_H
#define NRS_COL_SERVER_H
#include <stdbool.h>
#include <uv.h>

#include "tools/collector/config.h"
#include "tools/collector/serve/http.h"
#include "tools/collector/serve/metrics.h"
#include "tools/collector/serve/rate.h"
#include "tools/collector/serve/service.h"

#define NRS_COL_LISTENERS 4
#define NRS_COL_READ 65536 /* bytes taken from a socket at once; one buffer for all */

struct nrs_col_conn;
struct nrs_col_server;

/* What happens behind the requests, for an orderly end: drain is called once when the server begins to
 * stop, idle until it returns true, then done, which closes the handles that it has on the loop. */
struct nrs_col_backend {
    void (*drain)(void *arg);
    bool (*idle)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct nrs_col_listener {
    uv_tcp_t tcp;
    struct nrs_col_server *server;
    const struct nrs_col_service *service;
};

struct nrs_col_server {
    const struct nrs_col_config *config;
    uv_loop_t loop;
    struct nrs_col_listener listeners[NRS_COL_LISTENERS];
    unsigned n_listeners;
    uv_timer_t sweep;        /* looks for connections over their time */
    uv_signal_t term, intr;
    struct nrs_col_backend backend;
    struct nrs_col_metrics metrics;
    struct nrs_col_budget budget;
    struct nrs_col_rate handshakes; /* of addresses */
    struct nrs_col_conn *conns; /* doubly linked */
    uint64_t reported_ms;       /* when the last line about a refused peer was written */
    uint64_t unreported;        /* peers refused since, without a line */
    bool stopping;
    char in[NRS_COL_READ];
};

/* Prepares the loop. config outlives the server. Once per process. */
void nrs_col_server_init(struct nrs_col_server *s, const struct nrs_col_config *config);

/* Listens at "127.0.0.1:8443" and says so on stderr. Returns an exit code. */
int nrs_col_server_listen(struct nrs_col_server *s, const char *where, const struct nrs_col_service *service);

/* Serves until SIGTERM or SIGINT; requests taken in by then are answered first. */
void nrs_col_server_run(struct nrs_col_server *s, const struct nrs_col_backend *backend);

/* Closes every handle that is still open and the loop; the end also of a start that failed. */
void nrs_col_server_close(struct nrs_col_server *s);

#endif
