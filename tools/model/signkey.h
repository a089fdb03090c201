/* tools/model/signkey.h - ECDSA P-256 keys that sign models, as PEM
 *
 * A signature is 64 bytes, r and s big-endian, over a model's digest. A key's id is the first 8 bytes of
 * SHA-256 over its public part (SPKI, DER). */
#ifndef NRS_TOOL_SIGNKEY_H
#define NRS_TOOL_SIGNKEY_H
#include <mbedtls/pk.h>
#include <stddef.h>
#include <stdint.h>

#include "models/base/why.h"

#define NRS_SIGNKEY_PEM_MAX 1024

struct nrs_signkey {
    mbedtls_pk_context pk;
};

/* Call init, then one of make, private, public; call done also after an error. */
void nrs_signkey_init(struct nrs_signkey *k);
void nrs_signkey_done(struct nrs_signkey *k);

int nrs_signkey_make(struct nrs_signkey *k, struct nrs_why *why);

/* pem: NUL-terminated. Refuses every other curve and key type. */
int nrs_signkey_private(struct nrs_signkey *k, const char *pem, struct nrs_why *why);
int nrs_signkey_public(struct nrs_signkey *k, const char *pem, struct nrs_why *why);

/* Both as PEM with NUL. */
int nrs_signkey_write(struct nrs_signkey *k, char private_pem[NRS_SIGNKEY_PEM_MAX],
                      char public_pem[NRS_SIGNKEY_PEM_MAX], struct nrs_why *why);

int nrs_signkey_id(struct nrs_signkey *k, uint8_t id[8], struct nrs_why *why);
int nrs_signkey_sign(struct nrs_signkey *k, const uint8_t digest[32], uint8_t signature[64],
                     struct nrs_why *why);

/* NRS_ERR_SIGNATURE if it is not this key's signature over this digest. */
int nrs_signkey_verify(struct nrs_signkey *k, const uint8_t digest[32], const uint8_t signature[64],
                       struct nrs_why *why);

#endif
