#include "agent/uplink/uplink.h"

#include <stdio.h>
#include <string.h>

#include "agent/uplink/backoff.h"
#include "models/base/error.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/random.h"

static uint64_t wall_s(void)
{
    return nrs_clock_wall_ns() / NRS_NS_PER_S;
}

static void on_wait_over(uv_timer_t *timer)
{
    struct nrs_uplink *u = timer->data;

    u->waiting = false;
    nrs_uplink_kick(u);
}

static void wait_ms(struct nrs_uplink *u, uint32_t ms)
{
    u->waiting = true;
    uv_timer_start(&u->timer, on_wait_over, ms, 0);
}

static uint32_t random32(void)
{
    uint32_t r = 0;

    (void)nrs_random(NULL, (unsigned char *)&r, sizeof r);
    return r;
}

/* Says what is wrong once, not at every attempt. */
static void set_why(struct nrs_uplink *u, const char *why)
{
    char line[320];

    if (strcmp(u->why, why) == 0)
        return;
    snprintf(u->why, sizeof u->why, "%s", why);
    snprintf(line, sizeof line, "uplink: %s; %u records wait in the spool", u->why,
             (unsigned)nrs_spool_waiting(u->conf.spool));
    u->conf.log(u->conf.arg, line);
}

static void failed(struct nrs_uplink *u, const char *why, uint32_t asked_s)
{
    u->stats.failures++;
    set_why(u, why);
    if (asked_s > 0)
        wait_ms(u, nrs_backoff_asked_ms(asked_s, random32()));
    else
        wait_ms(u, nrs_backoff_ms(u->stats.failures, random32()));
}

static void stored(struct nrs_uplink *u)
{
    nrs_spool_ack(u->conf.spool);
    if (u->health_in)
        u->conf.health_sent(u->conf.arg);
    if (u->stats.posts == 0 || u->why[0] != '\0')
        u->conf.log(u->conf.arg, "uplink: the collector answers");
    u->stats.posts++;
    u->stats.stored += u->batch_n;
    u->stats.failures = 0;
    u->stats.last_ok_s = wall_s();
    u->why[0] = '\0';
    u->drop_pending = false;
    u->conf.tls->dates_ignored = false;
    u->batch_max = u->batch_max * 2 < NRS_UPLINK_BATCH ? u->batch_max * 2 : NRS_UPLINK_BATCH;
    nrs_uplink_kick(u);
}

/* The collector will not take these bytes: find the record that it means. */
static void refused(struct nrs_uplink *u, const struct nrs_http_reply *reply)
{
    bool second = u->drop_pending;
    char why[200];

    snprintf(why, sizeof why, "refused with status %d: %.120s", reply->status, reply->body);
    why[strcspn(why, "\r\n")] = '\0';
    if (u->batch_n == 0) { /* only a health line */
        failed(u, why, 0);
        return;
    }
    if (u->batch_n > 1 || u->health_in) {
        u->batch_max = u->batch_n > 1 ? u->batch_n / 2 : 1;
        nrs_uplink_kick(u);
        return;
    }
    nrs_spool_ack(u->conf.spool);
    u->stats.refused++;
    u->drop_pending = true;
    if (second)
        failed(u, why, 0);
    else
        nrs_uplink_kick(u);
}

static void answered(struct nrs_uplink *u, const struct nrs_http_reply *reply)
{
    char why[64];

    u->stats.last_status = reply->status;
    snprintf(why, sizeof why, "the collector answers with status %d", reply->status);
    switch (reply->status) {
    case 400:
    case 413:
    case 422: refused(u, reply); break;
    case 429:
    case 503: failed(u, why, reply->retry_after_s); break;
    default:
        if (reply->status < 300)
            stored(u);
        else
            failed(u, why, 0);
    }
}

static void on_done(void *arg, const struct nrs_http_reply *reply, const char *why)
{
    struct nrs_uplink *u = arg;

    u->busy = false;
    if (reply != NULL) {
        answered(u, reply);
    } else {
        u->stats.last_status = 0;
        failed(u, why, 0);
    }
}

static void on_found(void *arg, const struct sockaddr *address)
{
    struct nrs_https *h = arg;
    struct nrs_uplink *u = h->arg;

    if (u->conf.found != NULL)
        u->conf.found(u->conf.arg, address);
}

/* Adds one line to the body; no if it does not fit. */
static bool add_line(void *arg, const uint8_t *payload, size_t len)
{
    struct nrs_uplink *u = arg;
    bool newline = payload[len - 1] != '\n';

    if (u->prefix_len + len + newline > sizeof u->body - u->body_len)
        return false;
    memcpy(u->body + u->body_len, u->conf.prefix, u->prefix_len);
    u->body_len += u->prefix_len;
    if (u->prefix_len > 0)
        u->body[u->body_len - 1] = '\n'; /* where the NUL of the prefix was counted */
    memcpy(u->body + u->body_len, payload, len);
    u->body_len += len;
    if (newline)
        u->body[u->body_len++] = '\n';
    return true;
}

static bool add_health(struct nrs_uplink *u)
{
    char line[NRS_HEALTH_MAX];
    int len = u->conf.health(u->conf.arg, line, sizeof line);

    return len > 0 && add_line(u, (const uint8_t *)line, (size_t)len);
}

/* A new identity waits for the connection of the old one to end. False if it still has to. */
static bool tls_settled(struct nrs_uplink *u)
{
    if (u->next_tls == NULL)
        return true;
    nrs_https_drop(&u->https);
    if (u->https.state != NRS_HTTPS_CLOSED)
        return false;
    u->conf.tls = u->https.tls = u->next_tls;
    u->next_tls = NULL;
    return true;
}

void nrs_uplink_kick(struct nrs_uplink *u)
{
    int head_len;

    if (u->busy || u->closing || u->waiting || !tls_settled(u))
        return;
    u->body_len = 0;
    u->batch_n = nrs_spool_batch(u->conf.spool, u->batch_max, add_line, u);
    u->health_in = (u->batch_n == 0 || u->batch_max == NRS_UPLINK_BATCH) && add_health(u);
    if (u->body_len == 0)
        return;
    head_len = nrs_http_post_head(u->head, sizeof u->head, &u->conf.url, u->conf.content_type, u->body_len);
    if (head_len < 0) {
        failed(u, "the request head does not fit", 0);
        return;
    }
    u->busy = true;
    nrs_https_post(&u->https, u->head, (size_t)head_len, u->body, u->body_len);
}

void nrs_uplink_init(struct nrs_uplink *u, uv_loop_t *loop, const struct nrs_uplink_conf *conf)
{
    memset(u, 0, offsetof(struct nrs_uplink, head));
    u->conf = *conf;
    u->batch_max = NRS_UPLINK_BATCH;
    u->prefix_len = conf->prefix[0] != '\0' ? strlen(conf->prefix) + 1 : 0;
    nrs_https_init(&u->https, loop, on_found, u);
    u->https.url = &u->conf.url;
    u->https.proxy = &u->conf.proxy;
    u->https.tls = conf->tls;
    u->https.done = on_done;
    uv_timer_init(loop, &u->timer);
    u->timer.data = u;
}

void nrs_uplink_hurry(struct nrs_uplink *u)
{
    if (!u->waiting)
        return;
    uv_timer_stop(&u->timer);
    u->waiting = false;
    u->stats.failures = 0;
    nrs_uplink_kick(u);
}

void nrs_uplink_swap_tls(struct nrs_uplink *u, struct nrs_tls_client *tls)
{
    u->next_tls = tls;
    nrs_uplink_hurry(u);
}

bool nrs_uplink_swapped(const struct nrs_uplink *u)
{
    return u->next_tls == NULL;
}

void nrs_uplink_close(struct nrs_uplink *u)
{
    u->closing = true;
    nrs_https_close(&u->https);
    uv_close((uv_handle_t *)&u->timer, NULL);
}
