/* agent/core/verdict_text.h - the parts that all kinds of verdict lines share */
#ifndef NRS_VERDICT_TEXT_H
#define NRS_VERDICT_TEXT_H
#include "models/base/text.h"
#include "agent/core/verdict.h"

/* The opening brace, @timestamp, event.kind, event.dataset, event.id, host.id. */
void nrs_verdict_head(struct nrs_text *t, const char *kind, const char *dataset,
                      const struct nrs_verdict_id *id);

/* source.ip, destination.ip, destination.port, network.transport. */
void nrs_verdict_key(struct nrs_text *t, const struct nrs_addr *local, const struct nrs_addr *remote,
                     uint16_t rport, uint8_t proto);

/* A comma, the key, the value. */
void nrs_verdict_u64(struct nrs_text *t, const char *key, uint64_t v);
void nrs_verdict_string(struct nrs_text *t, const char *key, const char *v);

#endif
