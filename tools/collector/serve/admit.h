/* tools/collector/serve/admit.h - which connections are let in, and which make room for them
 *
 * A connection is unknown until its service has identified the peer; on a listener without TLS all are.
 * Unknown connections are the ones that anyone can open, so they give way: when a listener has all its
 * connections, or an address as many unknown ones as it may, the oldest unknown connection that waits for
 * its peer is closed for the new one. Devices that are connected stay. An address has a rate of handshakes
 * besides; above it, its connections are closed at once.
 *
 * Addresses: an IPv6 address stands for its /64. */
#ifndef NRS_COL_ADMIT_H
#define NRS_COL_ADMIT_H
#include <stdbool.h>

struct nrs_col_conn;

/* Decides about a connection whose c->from is set. false: it must be closed; it was counted. */
bool nrs_col_admit(struct nrs_col_conn *c);

#endif
