#include "agent/net/dial.h"

#include <stdio.h>
#include <string.h>

static void try_next(struct nrs_dial *d);

void nrs_dial_init(struct nrs_dial *d, uv_loop_t *loop, uv_tcp_t *tcp)
{
    memset(d, 0, sizeof *d);
    d->loop = loop;
    d->tcp = tcp;
    tcp->data = d;
}

bool nrs_dial_busy(const struct nrs_dial *d)
{
    return d->looking_up || d->connecting;
}

static void add(struct nrs_dial *d, const struct sockaddr *a)
{
    struct sockaddr_storage *to = &d->address[d->n];

    if (d->n == NRS_DIAL_ADDRESSES)
        return;
    if (a->sa_family == AF_INET) {
        memcpy(to, a, sizeof(struct sockaddr_in));
        ((struct sockaddr_in *)to)->sin_port = htons(d->port);
    } else if (a->sa_family == AF_INET6) {
        memcpy(to, a, sizeof(struct sockaddr_in6));
        ((struct sockaddr_in6 *)to)->sin6_port = htons(d->port);
    } else {
        return;
    }
    d->n++;
    if (d->found != NULL)
        d->found(d->found_arg, (const struct sockaddr *)to);
}

static void finish(struct nrs_dial *d, const char *why)
{
    d->connecting = false;
    d->done(d->arg, why);
}

static void on_failed_closed(uv_handle_t *tcp)
{
    try_next(tcp->data);
}

static void on_connect(uv_connect_t *req, int status)
{
    struct nrs_dial *d = req->data;

    if (status == 0 && !d->stopped) {
        finish(d, NULL);
        return;
    }
    if (!d->stopped)
        d->why = uv_strerror(status);
    if (!uv_is_closing((uv_handle_t *)d->tcp)) /* else nrs_dial_stop did it, and its callback goes on */
        uv_close((uv_handle_t *)d->tcp, on_failed_closed);
}

static void try_next(struct nrs_dial *d)
{
    int rc;

    if (d->stopped || d->next == d->n) {
        finish(d, d->stopped ? "stopped" : d->why);
        return;
    }
    d->connecting = true;
    uv_tcp_init(d->loop, d->tcp);
    d->tcp->data = d;
    d->connect.data = d;
    rc = uv_tcp_connect(&d->connect, d->tcp, (const struct sockaddr *)&d->address[d->next++], on_connect);
    if (rc != 0) {
        d->why = uv_strerror(rc);
        uv_close((uv_handle_t *)d->tcp, on_failed_closed);
    }
}

static void on_look_up(uv_getaddrinfo_t *req, int status, struct addrinfo *list)
{
    struct nrs_dial *d = req->data;

    d->looking_up = false;
    if (status != 0)
        d->why = uv_strerror(status);
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
        add(d, a->ai_addr);
    uv_freeaddrinfo(list);
    try_next(d);
}

/* An address instead of a name? */
static bool add_numeric(struct nrs_dial *d, const char *host)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (uv_ip4_addr(host, d->port, &v4) == 0)
        add(d, (const struct sockaddr *)&v4);
    else if (uv_ip6_addr(host, d->port, &v6) == 0)
        add(d, (const struct sockaddr *)&v6);
    return d->n > 0;
}

void nrs_dial_start(struct nrs_dial *d, const char *host, uint16_t port)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int rc;

    d->n = d->next = 0;
    d->port = port;
    d->stopped = false;
    d->why = "the name has no address";
    if (add_numeric(d, host)) {
        try_next(d);
        return;
    }
    d->look_up.data = d;
    rc = uv_getaddrinfo(d->loop, &d->look_up, on_look_up, host, NULL, &hints);
    d->looking_up = rc == 0;
    if (rc != 0)
        finish(d, uv_strerror(rc));
}

void nrs_dial_stop(struct nrs_dial *d)
{
    if (!nrs_dial_busy(d) || d->stopped)
        return;
    d->stopped = true;
    if (d->looking_up)
        uv_cancel((uv_req_t *)&d->look_up); /* a look-up that already runs ends in its own time */
    else if (!uv_is_closing((uv_handle_t *)d->tcp))
        uv_close((uv_handle_t *)d->tcp, on_failed_closed);
}
