/* agent/net/transport.h - one connection as https.c sees it: without a socket, a loop or a TLS library
 *
 * The user calls the functions of `ops`; the transport reports what happens through `events`. stream.h has
 * the transport that the agent uses (libuv and mbedTLS); the unit tests have one that is a script.
 *
 *   dial --> opened(NULL) --> [write, received ...] --> secure --> secured --> write, received ...
 *                                                                         --> close --> closed
 *        \-> opened(why): the transport is closed again
 *
 * Before `secure` the bytes travel as they are (the request to a proxy); after it they are encrypted.
 * One connection at a time; after `closed`, or `opened` with a reason, the transport can dial again. */
#ifndef NRS_TRANSPORT_H
#define NRS_TRANSPORT_H
#include <stddef.h>
#include <stdint.h>

struct nrs_tls_client;
struct nrs_transport;

struct nrs_transport_ops {
    /* Looks the host up and connects. It ends with exactly one `opened`. */
    void (*dial)(struct nrs_transport *t, const char *host, uint16_t port);
    /* Begins TLS with the server of this name. It ends with `secured` or `ended`. */
    void (*secure)(struct nrs_transport *t, const char *host);
    /* Takes all bytes, at most 4,096, if `pending` is 0; a failure is reported by `ended`. */
    void (*write)(struct nrs_transport *t, const void *bytes, size_t len);
    /* Bytes that were written and have not left yet. */
    size_t (*pending)(const struct nrs_transport *t);
    /* Ends the connection, or the attempt to make one: `closed` or `opened` with a reason follows, never from
     * inside. */
    void (*close)(struct nrs_transport *t);
    /* Calls `alarm` once after that many milliseconds; 0 = not any more. A new call replaces the last one. */
    void (*set_alarm)(struct nrs_transport *t, uint32_t ms);
    /* The transport is not used any more; called after `close`. */
    void (*end)(struct nrs_transport *t);
};

/* None of these is called after `close`, except `closed`, `opened` and `alarm`. */
struct nrs_transport_events {
    void (*opened)(void *arg, const char *why); /* NULL = connected */
    void (*secured)(void *arg);
    /* Bytes came, decrypted. The bytes of one read may come in several pieces; `settled` follows the last. */
    void (*received)(void *arg, const unsigned char *bytes, size_t len);
    void (*settled)(void *arg);
    void (*drained)(void *arg);                                          /* `pending` is 0 again */
    /* Nothing more will come, and `settled` does not come either. The user has to close. */
    void (*ended)(void *arg, const char *why);
    void (*closed)(void *arg);
    void (*alarm)(void *arg);
};

struct nrs_transport {
    const struct nrs_transport_ops *ops;
    const struct nrs_transport_events *events; /* the user sets both before the first dial */
    void *arg;
    struct nrs_tls_client *tls; /* who we are and whom we trust; may be changed while nothing is open */
};

#endif
