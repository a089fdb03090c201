/* tools/collector/serve/server.h - the running collector: one loop, two listeners
 *
 * `agents` speaks HTTPS with client certificates and takes POST /v1/verdicts; `people` speaks plain HTTP, reads
 * only, and is meant for loopback. Everything here runs on the loop's thread; the two things that wait for a disk,
 * commits and queries, are handed to libuv's pool, one of each at a time.
 *
 * Limits (collector.json): connections, bytes of a body, bytes of all bodies together, seconds for a handshake with
 * its request, idle seconds, posts a second and device. What is over a limit is counted (metrics.h). */
#ifndef NRS_COL_SERVER_H
#define NRS_COL_SERVER_H
#include <stdbool.h>
#include <uv.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "tools/collector/config.h"
#include "tools/collector/serve/http.h"
#include "tools/collector/store/ingest.h"
#include "tools/collector/serve/metrics.h"
#include "tools/collector/store/query.h"
#include "tools/collector/serve/rate.h"
#include "tools/collector/store/store.h"

#define NRS_COL_PEOPLE_MAX 64  /* connections on the page's port */
#define NRS_COL_QUERIES_MAX 64 /* of them, waiting for the store */
#define NRS_COL_READ 65536     /* bytes taken from a socket at once; one buffer for all */

struct nrs_col_conn;
struct nrs_col_lookup;

struct nrs_col_tls {
    mbedtls_ssl_config conf;
    mbedtls_x509_crt authority, cert;
    mbedtls_pk_context key;
};

struct nrs_col_server {
    struct nrs_col_config config;
    uv_loop_t loop;
    uv_tcp_t agents, people;
    uv_timer_t sweep;          /* looks for connections over their time */
    uv_signal_t term, intr;
    struct nrs_col_tls tls;
    struct nrs_col_store store;
    sqlite3 *reader;           /* the queries' */
    struct nrs_col_ingest ingest;
    struct nrs_col_rate rate;
    struct nrs_col_metrics metrics;
    struct nrs_col_budget budget;
    struct nrs_col_conn *conns;     /* doubly linked */
    struct nrs_col_lookup *lookups; /* waiting; the first is being done */
    unsigned n_lookups;
    uint64_t complained_ms;    /* the last line about a peer */
    bool stopping;
    char in[NRS_COL_READ];
};

/* Serves DIR until SIGTERM or SIGINT. Returns an exit code: 0, or 2 with one line on stderr. */
int nrs_col_serve(const char *dir, const struct nrs_col_config *c);

/* Loads ca.pem, server.pem and server-key.pem. 0, or an exit code with a line on stderr. */
int nrs_col_tls_load(struct nrs_col_tls *t, const char *dir, const struct nrs_col_config *c);
void nrs_col_tls_free(struct nrs_col_tls *t);

/* CN of the peer's certificate as a device's name; NRS_ERR_FORMAT if it is none. */
int nrs_col_tls_device(const mbedtls_ssl_context *ssl, char name[NRS_COL_NAME_MAX + 1]);

#endif
