/* agent/net/tls_client.h - who we are and whom we trust: the device's certificate, key and CA, ready for TLS
 *
 * TLS is 1.2 or 1.3. The collector's certificate is always verified against the CA and by name. Files are PEM
 * and are read once.
 *
 * Clock:  a device whose clock was never set would refuse every certificate. While `dates_ignored` is true,
 *         "expired" and "not yet valid" do not count; every other fault does. The caller sets it while the
 *         clock is impossible (a year before this program was written), until the first success.
 * Memory: mbedTLS allocates; the struct is the caller's and must not move. */
#ifndef NRS_TLS_CLIENT_H
#define NRS_TLS_CLIENT_H
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/base/why.h"

#define NRS_PEM_MAX 65536 /* bytes of one PEM file */

struct nrs_tls_client {
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca, own;
    mbedtls_pk_context key;
    bool dates_ignored;
};

/* cert and key may be "" (no client certificate); ca may not. On an error `why` has one line that begins with
 * the configuration key, and *c needs no done. */
int nrs_tls_client_load(struct nrs_tls_client *c, const char *ca, const char *cert, const char *key,
                        struct nrs_why *why);
void nrs_tls_client_done(struct nrs_tls_client *c);

/* The common name of a certificate. Its length, or NRS_ERR_FORMAT if there is none or it does not fit. */
int nrs_tls_cn(const mbedtls_x509_crt *crt, char *name, size_t cap);

/* tls_words.c. Whether a collector that trusts the same CAs would refuse our own certificate, and why: it is
 * missing, foreign (another CA signed it), expired, not yet valid, weak, or not for clients. why: "" = it
 * would not. */
bool nrs_tls_client_fault(const struct nrs_tls_client *c, struct nrs_why *why);

/* An error of the pump in words, "TLS: ...". Our own certificate explains a refusal by the collector. */
void nrs_tls_error(const struct nrs_tls_client *c, const mbedtls_ssl_context *ssl, int err,
                   struct nrs_why *why);

#endif
