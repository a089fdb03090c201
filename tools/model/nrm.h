/* tools/model/nrm.h - model files as the tool writes them (models/FORMAT.md)
 *
 * A file is a caller's buffer of NRS_MODEL_BYTES_MAX and a length. Code that changes header or body
 * seals the file afterwards. Sealing removes the signature, because it no longer fits. */
#ifndef NRS_TOOL_NRM_H
#define NRS_TOOL_NRM_H
#include <stddef.h>
#include <stdint.h>

#include "tools/model/bound.h"

struct nrs_nrm {
    uint8_t bytes[NRS_MODEL_BYTES_MAX + 1]; /* one more for the NUL of whole-file reading */
    size_t len;
};

struct nrs_nrm_head {
    uint32_t serial, min_agent, expires_day;
};

/* Writes and seals. golden: [n_golden] vectors; their scores come from the host's arithmetic. NRS_ERR_LIMIT
 * if the file would be too large. */
int nrs_nrm_write(struct nrs_nrm *f, const struct nrs_nrm_head *head, const struct nrs_trained *t,
                  const struct nrs_quantised *q, int32_t bound_mlogit,
                  const uint16_t (*golden)[NRS_VECTOR_MAX], unsigned n_golden, struct nrs_why *why);

/* Sets the digest; clears key id and signature. */
void nrs_nrm_seal(struct nrs_nrm *f);

/* Sets the key id and the digest over it, and returns that digest to be signed (nrs_signkey_sign). */
void nrs_nrm_set_key_id(struct nrs_nrm *f, const uint8_t key_id[8], uint8_t digest[32]);
void nrs_nrm_set_signature(struct nrs_nrm *f, const uint8_t signature[64]);

void nrs_nrm_set_serial(struct nrs_nrm *f, uint32_t serial);

/* Loads a file with the device's loader; the model points into it. `why` says what is wrong. */
int nrs_nrm_load(struct nrs_model *m, const struct nrs_nrm *f, const struct nrs_schema *schema,
                 struct nrs_why *why);

/* Envelope and digest; `why` says which of them is wrong. */
int nrs_nrm_open(struct nrs_model_envelope *e, const struct nrs_nrm *f, struct nrs_why *why);

#endif
