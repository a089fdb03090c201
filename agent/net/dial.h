/* agent/net/dial.h - from a host name to a connected TCP socket
 *
 * Looks the name up (numeric addresses without a look-up, and so without a thread), then tries up to
 * NRS_DIAL_ADDRESSES addresses in the order given. One dial at a time; it ends with exactly one call of `done`, also
 * after nrs_dial_stop (then with `why` "stopped"; a look-up that already runs is waited for). The socket is the caller's uv_tcp_t, initialised here before
 * each try and closed here after a failed one. */
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
    /* why: NULL = the socket is connected to `to`. */
    void (*done)(void *arg, const char *why, const struct sockaddr *to);
    /* Every address that will be tried, before it is. May be NULL. */
    void (*found)(void *arg, const struct sockaddr *address);
    void *arg;
};

void nrs_dial_init(struct nrs_dial *d, uv_loop_t *loop, uv_tcp_t *tcp);
bool nrs_dial_busy(const struct nrs_dial *d);
void nrs_dial_start(struct nrs_dial *d, const char *host, uint16_t port);
void nrs_dial_stop(struct nrs_dial *d);

#endif
