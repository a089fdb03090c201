/* tools/collector/serve/conn.h - one connection, with TLS or without
 *
 * States: a request is read (handshake included); then the service works on it and the socket is not read;
 *         then it is
 * answered. After the answer the next request is read, or the connection lingers: the socket is half
 * closed, and what the peer still sends is dropped, so that it can read the answer.
 *
 * Memory: about 25 KiB with TLS, a few KiB without; freed by the loop after close. */
#ifndef NRS_COL_CONN_H
#define NRS_COL_CONN_H
#include "agent/net/tls_pump.h"
#include "tools/collector/records/name.h"
#include "tools/collector/serve/peer.h"
#include "tools/collector/serve/proxy.h"
#include "tools/collector/serve/server.h"

enum nrs_col_conn_state { NRS_COL_CONN_READ, NRS_COL_CONN_WORK, NRS_COL_CONN_LINGER, NRS_COL_CONN_CLOSED };

/* The beginning of a connection that comes through a balancer. */
struct nrs_col_proxy {
    unsigned char bytes[NRS_COL_PROXY_MAX];
    size_t len;
};

struct nrs_col_conn {
    uv_tcp_t tcp;
    uv_shutdown_t shutdown;
    struct nrs_col_server *server;
    const struct nrs_col_service *service;
    struct nrs_col_conn *next, **at; /* at: what points to this one */
    struct sockaddr_storage from;    /* the peer's address */
    struct nrs_col_proxy *proxy;     /* its header, while it is read; NULL = there is none to come */
    struct nrs_tls_pump pump;        /* used if the service has TLS */
    struct nrs_col_peer peer;        /* its certificate */
    struct nrs_col_http http;
    bool failed;                     /* the service does not want this peer */
    uint8_t state;                   /* enum nrs_col_conn_state */
    uint64_t deadline_ms;            /* closed when the loop's time is past it; 0 = none */
    void **job;                      /* where the work in progress keeps this connection; cleared on close */
    char device[NRS_COL_NAME_MAX + 1]; /* set by the service's identify */
};

/* Takes a connection from a listener and gives it its service. */
void nrs_col_conn_accept(struct nrs_col_server *s, uv_stream_t *listener,
                         const struct nrs_col_service *service);

/* Answers the request; headers: further lines, each with CRLF, or "". */
void nrs_col_conn_reply(struct nrs_col_conn *c, int status, const char *type, const char *headers,
                        const char *body, size_t n);

/* {"error":"..."} with that status; why must need no escaping. */
void nrs_col_conn_refuse(struct nrs_col_conn *c, int status, const char *headers, const char *why);

/* Marks the request as being worked on: *job is set to the connection, and to NULL when the connection is
 * closed. */
void nrs_col_conn_work(struct nrs_col_conn *c, void **job);

/* Closes now; c is freed later by the loop. */
void nrs_col_conn_close(struct nrs_col_conn *c);

#endif
