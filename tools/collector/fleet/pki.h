/* tools/collector/fleet/pki.h - the collector's own certificate authority
 *
 * P-256 and SHA-256 everywhere. A certificate is valid from one day before `now` (devices whose clock is a
 * little behind still connect) for ten years. The authority signs with path length 0, the collector's
 * certificate is for servers only, a device's for clients only, so that a stolen one cannot play the other
 * part.
 *
 * Memory: struct nrs_col_identity is the caller's; nrs_col_identity_wipe clears the key.
 * Errors: 0 or a negative mbedTLS error. */
#ifndef NRS_COL_PKI_H
#define NRS_COL_PKI_H
#include <stddef.h>
#include <time.h>

#define NRS_COL_YEARS 10
#define NRS_COL_SANS 16

struct nrs_col_identity {
    char cert[2048]; /* PEM */
    char key[512];   /* PEM */
};

int nrs_col_pki_authority(struct nrs_col_identity *out, time_t now);

/* names: what the server is called, DNS names and addresses, at most NRS_COL_SANS. */
int nrs_col_pki_server(struct nrs_col_identity *out, const struct nrs_col_identity *authority,
                       const char *const *names, size_t n, time_t now);

/* name becomes the certificate's CN (nrs_col_name_check). */
int nrs_col_pki_device(struct nrs_col_identity *out, const struct nrs_col_identity *authority,
                       const char *name, time_t now);

void nrs_col_identity_wipe(struct nrs_col_identity *id);

#endif
