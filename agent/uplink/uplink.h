/* agent/uplink/uplink.h - from the spool to the collector
 *
 * The uplink takes a batch of the oldest records and posts it as NDJSON. When a health line is due, it is the
 * last line of the body. What happens to the batch after the answer is in policy.h: it is acknowledged in the
 * spool, halved, dropped, or posted again after a waiting time (backoff.h).
 *
 * Nothing is lost by waiting: the spool is the queue. A record may arrive twice, because an answer can get
 * lost; the receiver recognises it by event.id.
 *
 * Limits: NRS_UPLINK_BATCH records and NRS_UPLINK_BODY bytes a batch.
 * Owner:  the loop; struct nrs_uplink (about 68 KiB) and all pointers in `conf` stay until the transport is
 *         closed. */
#ifndef NRS_UPLINK_H
#define NRS_UPLINK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "agent/net/http_request.h"
#include "agent/net/https.h"
#include "agent/net/tls_client.h"
#include "agent/net/transport.h"
#include "agent/net/url.h"
#include "agent/spool/spool.h"
#include "agent/uplink/policy.h"

#define NRS_UPLINK_BODY 65536
#define NRS_HEALTH_MAX 768 /* bytes of a health line */

struct nrs_uplink_conf {
    struct nrs_url url, proxy; /* proxy.host "" = none */
    const char *content_type;
    const char *prefix;        /* a line before every record, "" = none */
    struct nrs_spool *spool;
    struct nrs_transport *transport; /* closed; with its identity. The uplink is its only user */
    /* Writes the health line, newline included, if one is due: its length or 0. sent: it was stored. */
    int (*health)(void *arg, char *buf, size_t cap);
    void (*health_sent)(void *arg);
    void (*log)(void *arg, const char *line); /* a change of state, rarely */
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
    struct nrs_uplink_batch batch; /* under way, or the last one */
    bool busy, waiting, closing;
    size_t prefix_len, body_len;
    char head[NRS_REQUEST_HEAD_MAX], body[NRS_UPLINK_BODY];
};

void nrs_uplink_init(struct nrs_uplink *u, uv_loop_t *loop, const struct nrs_uplink_conf *conf);

/* Starts a post if there is something to send and no reason to wait. Cheap; call it after every flush. */
void nrs_uplink_kick(struct nrs_uplink *u);

/* Ends a waiting time: somebody looks at the agent and wants to see it work. */
void nrs_uplink_hurry(struct nrs_uplink *u);

/* Another identity and trust, from the next connection on. *tls stays until it is swapped again. The identity
 * that it replaces may be freed when nrs_uplink_swapped is true. */
void nrs_uplink_swap_tls(struct nrs_uplink *u, struct nrs_tls_client *tls);
bool nrs_uplink_swapped(const struct nrs_uplink *u);

void nrs_uplink_close(struct nrs_uplink *u);

#endif
