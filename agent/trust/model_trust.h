/* agent/trust/model_trust.h - why a model may be believed
 *
 * A file is believed only when, in this order: its size is within NRS_MODEL_BYTES_MAX, its envelope is
 * whole, its digest is right, one of the configured P-256 keys signed that digest, it has not expired,
 * this agent is new enough for it, and its serial is not below the floor. Only then its body is parsed.
 * The model compiled in is trusted by the build; its digest is checked all the same.
 *
 * slots.h keeps the models of a kind and their floor; model_floor.h remembers a floor across restarts. */
#ifndef NRS_MODEL_TRUST_H
#define NRS_MODEL_TRUST_H
#include <stddef.h>
#include <stdint.h>

#include "agent/config/config.h"
#include "models/base/why.h"
#include "models/kinds.h"

struct nrs_trusted_key {
    uint8_t id[8];     /* first 8 bytes of SHA-256 of the key as SPKI DER */
    uint8_t point[65]; /* uncompressed */
};

struct nrs_trust {
    const struct nrs_schema *schema; /* models for another one are refused */
    struct nrs_trusted_key key[NRS_CONFIG_KEYS_MAX];
    uint32_t n_keys;
    uint32_t floor;     /* lowest serial that a file may have */
    uint32_t today;     /* days since 1970, 0 = the clock is not set: nothing expires */
    uint32_t agent;     /* this agent's number, as in min_agent */
};

struct nrs_model_place {
    struct nrs_model model;
    uint8_t bytes[NRS_MODEL_BYTES_MAX + 1];
};

/* SHA-256 over what the digest of a model file covers: header and body. len: at least NRS_AT_BODY
 * (models/model_header.h), as nrs_model_envelope_read accepts it. NRS_ERR_UNSUPPORTED: the library cannot. */
int nrs_model_digest(const uint8_t *file, size_t len, uint8_t digest[32]);

/* Reads the public keys (PEM, P-256). On an error `why` names file and reason. */
int nrs_trust_keys(struct nrs_trust *t, const struct nrs_config *c, struct nrs_why *why);

/* Checks and loads a model from len bytes at p->bytes. why: a short phrase. p->model is unchanged on
 * error. */
int nrs_trust_model(const struct nrs_trust *t, struct nrs_model_place *p, size_t len, struct nrs_why *why);

/* Loads the model of a kind that is compiled in; its bytes stay where they are. NRS_ERR_UNSUPPORTED: the
 * build has none. */
int nrs_trust_builtin(struct nrs_model *m, const struct nrs_kind *kind, struct nrs_why *why);

#endif
