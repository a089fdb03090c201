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

/* What has to be known of an answer for the log and the decision. */
struct answer {
    int status; /* 0 = none came */
    uint32_t retry_after_s;
    char why[200];
};

static void acknowledge(struct nrs_uplink *u)
{
    nrs_spool_ack(u->conf.spool);
    if (u->batch.health)
        u->conf.health_sent(u->conf.arg);
    if (u->stats.posts == 0 || u->why[0] != '\0')
        u->conf.log(u->conf.arg, "uplink: the collector answers");
    u->stats.posts++;
    u->stats.stored += u->batch.records;
    u->stats.failures = 0;
    u->stats.last_ok_s = wall_s();
    u->why[0] = '\0';
    u->conf.transport->tls->dates_ignored = false;
}

static void act(struct nrs_uplink *u, const struct answer *answer)
{
    const struct nrs_uplink_decision d = nrs_uplink_decide(answer->status, answer->retry_after_s, &u->batch);

    if (d.action == NRS_UPLINK_ACKNOWLEDGE) {
        acknowledge(u);
    } else if (d.action == NRS_UPLINK_DROP) {
        nrs_spool_ack(u->conf.spool);
        u->stats.refused++;
    }
    if (d.action == NRS_UPLINK_ACKNOWLEDGE || d.action == NRS_UPLINK_DROP)
        u->batch.dropped = d.action == NRS_UPLINK_DROP;
    u->batch.max = d.max;
    if (d.wait)
        failed(u, answer->why, d.wait_s);
    else
        nrs_uplink_kick(u);
}

static void on_done(void *arg, const struct nrs_http_reply *reply, const char *why)
{
    struct nrs_uplink *u = arg;
    struct answer a = {.status = reply != NULL ? reply->status : 0};

    u->busy = false;
    u->batch.begun = nrs_https_has_begun(&u->https);
    u->stats.last_status = a.status;
    if (reply == NULL) {
        snprintf(a.why, sizeof a.why, "%s", why);
    } else if (nrs_uplink_refuses(a.status)) {
        snprintf(a.why, sizeof a.why, "refused with status %d: %.120s", a.status, reply->body);
        a.why[strcspn(a.why, "\r\n")] = '\0';
    } else {
        snprintf(a.why, sizeof a.why, "the collector answers with status %d", a.status);
        a.retry_after_s = reply->retry_after_s;
    }
    act(u, &a);
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
    u->conf.transport->tls = u->next_tls;
    u->next_tls = NULL;
    return true;
}

void nrs_uplink_kick(struct nrs_uplink *u)
{
    struct nrs_uplink_batch *b = &u->batch;
    int head_len;

    if (u->busy || u->closing || u->waiting || !tls_settled(u))
        return;
    u->body_len = 0;
    b->records = nrs_spool_batch(u->conf.spool, b->max, add_line, u);
    b->health = (b->records == 0 || b->max == NRS_UPLINK_BATCH) && add_health(u);
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
    u->batch.max = NRS_UPLINK_BATCH;
    u->prefix_len = conf->prefix[0] != '\0' ? strlen(conf->prefix) + 1 : 0;
    nrs_https_init(&u->https, conf->transport, u);
    u->https.url = &u->conf.url;
    u->https.proxy = &u->conf.proxy;
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
