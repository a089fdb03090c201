/* tools/collector/serve/tls.h - the server's side of TLS: its certificate, its authority, and who a peer is
 *
 * Every peer must have a certificate of the authority in ca.pem.
 * Memory: struct nrs_col_tls is the caller's; it is freed after a load that failed, too. */
#ifndef NRS_COL_TLS_H
#define NRS_COL_TLS_H
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "tools/collector/config.h"
#include "tools/collector/records/name.h"

struct nrs_col_tls {
    mbedtls_ssl_config conf;
    mbedtls_x509_crt authority, cert;
    mbedtls_pk_context key;
};

/* Loads ca.pem, server.pem and server-key.pem. 0, or an exit code with one line on stderr. */
int nrs_col_tls_load(struct nrs_col_tls *t, const char *dir, const struct nrs_col_config *c);
void nrs_col_tls_free(struct nrs_col_tls *t);

/* Copies the CN of the peer's certificate. NULL, or one phrase that says why it is not a device's
 * certificate. */
const char *nrs_col_tls_device(const mbedtls_ssl_context *ssl, char name[NRS_COL_NAME_MAX + 1]);

#endif
