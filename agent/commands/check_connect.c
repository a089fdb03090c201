#include "agent/commands/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "agent/net/http_request.h"
#include "agent/net/https.h"
#include "platform/privileges.h"

struct connect {
    struct nrs_stream stream;
    struct nrs_https https;
    char head[NRS_REQUEST_HEAD_MAX];
    int status; /* 0 = no answer */
};

static void on_done(void *arg, const struct nrs_http_reply *reply, const char *why)
{
    struct connect *c = arg;

    if (reply == NULL)
        nrs_log("collector.url: %s", why);
    else
        c->status = reply->status;
    nrs_https_close(&c->https);
}

static int report(int status)
{
    if (status == 0)
        return -1;
    printf("connect    the handshake succeeded, an empty post is answered with status %d\n", status);
    if (status < 300)
        return 0;
    nrs_log("collector.url: the collector answers with status %d", status);
    return -1;
}

int nrs_check_connect(struct nrs_agent *a)
{
    static struct connect c;
    const struct nrs_config *conf = &a->config;
    struct nrs_why why;
    int len, rc;

    if (a->tls_now == NULL) {
        nrs_log("collector.url: there is none to connect to");
        return -1;
    }
    rc = nrs_privileges_drop(conf->user, &why);
    if (rc != 0 && rc != -ENOSYS) {
        nrs_log("rights: %s", why.text);
        return -1;
    }
    len = nrs_http_post_head(c.head, sizeof c.head, &conf->collector.url, conf->collector.content_type, 0);
    if (len < 0) {
        nrs_log("collector.url: the request head does not fit");
        return -1;
    }
    signal(SIGPIPE, SIG_IGN); /* a connection that ends while we write is an error code, not an end */
    uv_loop_init(&a->loop);
    nrs_stream_init(&c.stream, &a->loop, a->tls_now, NULL, NULL);
    nrs_https_init(&c.https, &c.stream.transport, &c);
    c.https.url = &conf->collector.url;
    c.https.proxy = &conf->collector.proxy;
    c.https.done = on_done;
    nrs_https_post(&c.https, c.head, (size_t)len, "", 0);
    uv_run(&a->loop, UV_RUN_DEFAULT);
    return report(c.status);
}
