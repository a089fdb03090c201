/* tools/collector/serve/service.h - what the connections of one listener are for
 *
 * A connection gets its service when it is accepted and keeps it until it is closed. The service says
 * whether the connection speaks TLS, how much a request may carry, who the peer is, and what answers a
 * request; serve/ itself knows no address and no table of the store.
 *
 * Ownership: a service belongs to the one who listens with it and outlives the server's loop.
 * Threads:   all functions are called on the loop's thread. */
#ifndef NRS_COL_SERVICE_H
#define NRS_COL_SERVICE_H
#include <stddef.h>
#include <mbedtls/ssl.h>

struct nrs_col_conn;

struct nrs_col_service {
    const char *name, *scheme, *path; /* for the line that says where it listens; name: of other lines */
    const mbedtls_ssl_config *tls;    /* NULL = plain TCP */
    size_t body_max;                  /* bytes of a request's body; above: 413 */
    unsigned connections_max;         /* at a time; above: closed at once */
    unsigned *connections;            /* open now: a gauge of metrics.h */
    void *arg;                        /* the service's own state */

    /* After a TLS handshake: names the peer in c->device. NULL with the peer accepted, or one phrase that
     * says why it is refused. NULL as a function: nobody is refused. */
    const char *(*identify)(struct nrs_col_conn *c);

    /* Answers a whole, good request, now (nrs_col_conn_reply) or later (nrs_col_conn_work). */
    void (*handle)(struct nrs_col_conn *c);

    /* Counts a request that was answered with this status of 400 or more. May be NULL. */
    void (*refused)(struct nrs_col_conn *c, int status);
};

#endif
