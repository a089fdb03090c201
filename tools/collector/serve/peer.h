/* tools/collector/serve/peer.h - what is known of the other end of a connection, for the line that says
 * why it was refused
 *
 * The certificate is noted while it is verified, because a handshake that fails leaves none behind.
 * Texts from a certificate are cut to their fields and have no control characters. */
#ifndef NRS_COL_PEER_H
#define NRS_COL_PEER_H
#include <stdint.h>
#include <mbedtls/ssl.h>

struct nrs_col_conn;

struct nrs_col_peer {
    char subject[96]; /* "" = no certificate */
    char serial[64];  /* "4A:01" */
    uint32_t flags;   /* MBEDTLS_X509_BADCERT_*, of the whole chain */
};

/* Has the peer's certificate noted in *peer, which lives as long as ssl. */
void nrs_col_peer_watch(mbedtls_ssl_context *ssl, struct nrs_col_peer *peer);

/* Counts a peer that was refused, and says so in one line on stderr: its address, its certificate, and the
 * reason. At most one line a second; the next line says how many were left out. */
void nrs_col_peer_refused(struct nrs_col_conn *c, const char *why);

#endif
