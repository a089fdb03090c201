/* tools/model/keys.h - ECDSA P-256 keys that sign models, as PEM
 *
 * A signature is 64 bytes, r and s big-endian, over a model's digest. A key's id is the first 8 bytes of SHA-256
 * over its public part (SPKI, DER). */
#ifndef NRS_TOOL_KEYS_H
#define NRS_TOOL_KEYS_H
#include <mbedtls/pk.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/model/note.h"

#define NRS_KEY_PEM_MAX 1024

struct nrs_key {
    mbedtls_pk_context pk;
};

/* Init, then one of make, private, public; done also after an error. */
void nrs_key_init(struct nrs_key *k);
void nrs_key_done(struct nrs_key *k);

int nrs_key_make(struct nrs_key *k, struct nrs_note *note);

/* pem: NUL-terminated. Refuses every other curve and key type. */
int nrs_key_private(struct nrs_key *k, const char *pem, struct nrs_note *note);
int nrs_key_public(struct nrs_key *k, const char *pem, struct nrs_note *note);

/* Both as PEM with NUL. */
int nrs_key_write(struct nrs_key *k, char private_pem[NRS_KEY_PEM_MAX], char public_pem[NRS_KEY_PEM_MAX],
                  struct nrs_note *note);

int nrs_key_id(struct nrs_key *k, uint8_t id[8], struct nrs_note *note);
int nrs_key_sign(struct nrs_key *k, const uint8_t digest[32], uint8_t signature[64], struct nrs_note *note);

/* NRS_ERR_SIGNATURE if it is not this key's signature over this digest. */
int nrs_key_verify(struct nrs_key *k, const uint8_t digest[32], const uint8_t signature[64], struct nrs_note *note);

#endif
