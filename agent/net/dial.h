/* agent/net/dial.h - from a host name to a connected TCP socket
 *
 * The name is looked up by a thread of libuv; a numeric address needs no look-up and no thread. Then up to
 * NRS_DIAL_ADDRESSES addresses are tried in the order that the look-up gave.
 *
 * One dial at a time. It ends with exactly one call of `done`, also after nrs_dial_stop (the reason is then
 * "stopped"); a look-up that already runs cannot be stopped and is waited for. `done` may be called from
 * inside nrs_dial_start.
 *
 * The socket is the caller's uv_tcp_t. It is initialised here before each try, and closed here after a failed
 * one. */
#ifndef NRS_DIAL_H
#define NRS_DIAL_H
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#define NRS_DIAL_ADDRESSES 4

struct nrs_dial {
    uv_loop_t *loop;
    uv_tcp_t *tcp;
    uv_getaddrinfo_t look_up;
    uv_connect_t connect;
    struct sockaddr_storage address[NRS_DIAL_ADDRESSES];
    unsigned n, next;
    uint16_t port;
    bool looking_up, connecting, stopped;
    const char *why;
    /* why: NULL = the socket is connected; else a static text. */
    void (*done)(void *arg, const char *why);
    void *arg;
    /* Every address that will be tried, before it is tried. May be NULL. */
    void (*found)(void *arg, const struct sockaddr *address);
    void *found_arg;
};

void nrs_dial_init(struct nrs_dial *d, uv_loop_t *loop, uv_tcp_t *tcp);
bool nrs_dial_busy(const struct nrs_dial *d);
void nrs_dial_start(struct nrs_dial *d, const char *host, uint16_t port);
void nrs_dial_stop(struct nrs_dial *d);

#endif
