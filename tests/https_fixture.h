/* tests/https_fixture.h - an HTTPS connection on a transport that is a script, and the way to its idle state
 *
 * cmocka.h and what it needs come first. */
#ifndef NRS_TEST_HTTPS_FIXTURE_H
#define NRS_TEST_HTTPS_FIXTURE_H
#include "agent/net/https.h"
#include "tests/script_transport.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
#define HEAD "POST / HTTP/1.1\r\n\r\n"

static struct script s;
static struct nrs_https h;
static const struct nrs_url server = {.host = "collector.example", .port = 8443};
static const struct nrs_url no_proxy = {.host = ""};
static const struct nrs_url a_proxy = {.host = "proxy.example", .port = 3128};
static unsigned dones;
static int status;
static char why[200];

static void on_done(void *arg, const struct nrs_http_reply *reply, const char *text)
{
    assert_ptr_equal(arg, &s);
    dones++;
    status = reply != NULL ? reply->status : 0;
    snprintf(why, sizeof why, "%s", text != NULL ? text : "");
}

static inline void begin(const struct nrs_url *proxy)
{
    script_init(&s);
    nrs_https_init(&h, &s.transport, &s);
    h.url = &server;
    h.proxy = proxy;
    h.done = on_done;
    dones = 0;
    status = -1;
}

static inline void post(const char *body)
{
    nrs_https_post(&h, HEAD, strlen(HEAD), body, strlen(body));
}

/* Up to a connection that is kept. */
static inline void be_idle(void)
{
    begin(&no_proxy);
    post("one");
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, OK);
    assert_int_equal(h.state, NRS_HTTPS_IDLE);
    assert_int_equal(dones, 1);
}

#endif
