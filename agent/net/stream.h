/* agent/net/stream.h - the transport of the agent: TCP on a libuv loop, with TLS on top
 *
 * Bytes go to the socket at once. What the socket does not take is held in `out`; until that is empty the
 * user must not write more (transport.h: `pending`).
 *
 * Memory: struct nrs_stream is the caller's (about 26 KiB) and must not move. mbedTLS allocates for a
 *         handshake.
 * Owner:  one loop. transport.tls is the caller's and stays while a connection is open. */
#ifndef NRS_STREAM_H
#define NRS_STREAM_H
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "agent/net/dial.h"
#include "agent/net/tls_client.h"
#include "agent/net/tls_pump.h"
#include "agent/net/transport.h"

#define NRS_STREAM_OUT 20480 /* the largest TLS record, and a handshake flight with a certificate chain */

struct nrs_stream {
    struct nrs_transport transport; /* first, so that a pointer to it is one to the stream */
    /* inside */
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    struct nrs_dial dial;
    struct nrs_tls_pump pump;
    size_t out_at, out_len;
    bool writing, pumping, broken, closing; /* broken: mbedTLS failed; its context is only good to be freed */
    unsigned char in[4096], out[NRS_STREAM_OUT];
};

/* The loop has to run until the stream is closed (transport.h: `end`). found: is called with every address of
 * the server (or of the proxy) before it is contacted; may be NULL. */
void nrs_stream_init(struct nrs_stream *s, uv_loop_t *loop, struct nrs_tls_client *tls,
                     void (*found)(void *arg, const struct sockaddr *address), void *arg);

#endif
