/* agent/uplink/uplink.h - from the spool to the collector
 *
 * Takes a batch of the oldest records, posts it as NDJSON, and acknowledges it in the spool when the answer is
 * 2xx. A health line, when one is due, rides at the end. What an answer means:
 *
 *   2xx         stored; the next batch follows at once
 *   400 413 422 the batch is halved; a single record that is refused is dropped and counted. When nothing was
 *               accepted between two drops, the second waits like a failure, so that a server that
 *               refuses everything does not drain the spool
 *   429 503     wait as long as Retry-After says (backoff.h bounds it), else like a failure
 *   any other, or no answer: wait (backoff.h), then the same batch again
 *
 * Nothing is lost by waiting: the spool is the queue. A record may arrive twice (an answer got lost); event.id tells.
 * Limits: 256 records and NRS_UPLINK_BODY bytes a batch.
 * Owner:  the loop; struct nrs_uplink (about 95 KiB) and all pointers in `conf` stay until close is over. */
#ifndef NRS_UPLINK_H
#define NRS_UPLINK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "agent/net/http_request.h"
#include "agent/net/https.h"
#include "agent/spool/spool.h"
#include "agent/net/tls_client.h"
#include "agent/net/url.h"

#define NRS_UPLINK_BATCH 256
#define NRS_UPLINK_BODY 65536
#define NRS_HEALTH_MAX 768 /* bytes of a health line */

struct nrs_uplink_conf {
    struct nrs_url url, proxy; /* proxy.host "" = none */
    const char *content_type;
    const char *prefix;        /* a line before every record, "" = none */
    struct nrs_spool *spool;
    struct nrs_tls_client *tls;
    /* Writes the health line, newline included, if one is due: its length or 0. sent: it was stored. */
    int (*health)(void *arg, char *buf, size_t cap);
    void (*health_sent)(void *arg);
    void (*found)(void *arg, const struct sockaddr *address); /* an address that we talk to; may be NULL */
    void (*log)(void *arg, const char *line);                 /* what changed, rarely */
    void *arg;
};

struct nrs_uplink_stats {
    uint64_t posts, stored;    /* answered by 2xx: posts, records in them */
    uint32_t failures;         /* attempts in a row without 2xx */
    uint32_t refused;          /* records that the collector would not take */
    int last_status;           /* of the last answer, 0 = none came */
    uint64_t last_ok_s;        /* wall clock of the last 2xx, 0 = none yet */
};

struct nrs_uplink {
    struct nrs_uplink_conf conf;
    struct nrs_uplink_stats stats;
    char why[200]; /* the last failure, "" = none since the last success */
    /* inside */
    struct nrs_https https;
    uv_timer_t timer;
    struct nrs_tls_client *next_tls;
    bool busy, waiting, closing, health_in, drop_pending;
    uint32_t batch_max, batch_n;
    size_t prefix_len, body_len;
    char head[NRS_REQUEST_HEAD_MAX], body[NRS_UPLINK_BODY];
};

void nrs_uplink_init(struct nrs_uplink *u, uv_loop_t *loop, const struct nrs_uplink_conf *conf);

/* Starts a post if there is something to send and no reason to wait. Cheap; call it after every flush. */
void nrs_uplink_kick(struct nrs_uplink *u);

/* Forgets the waiting time: somebody is looking. */
void nrs_uplink_hurry(struct nrs_uplink *u);

/* From the next connection on another identity and trust. *tls stays until it is swapped again; the one it replaces may
 * go when nrs_uplink_swapped says so. */
void nrs_uplink_swap_tls(struct nrs_uplink *u, struct nrs_tls_client *tls);
bool nrs_uplink_swapped(const struct nrs_uplink *u);

void nrs_uplink_close(struct nrs_uplink *u);

#endif
