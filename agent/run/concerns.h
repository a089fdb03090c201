/* agent/run/concerns.h - what the agent can start with, but a person should mend
 *
 * `run` reports these at the start and after a reload, and goes on. `check` reports them, too, and counts
 * them. Each function writes one line on stderr for each concern and returns how many there are. */
#ifndef NRS_CONCERNS_H
#define NRS_CONCERNS_H
#include "agent/config/config.h"
#include "agent/net/tls_client.h"

/* The collector would refuse our certificate (tls_client.h: nrs_tls_client_fault); others may read the key.
 * Nothing where collector.cert is not set. */
unsigned nrs_concerns_identity(const struct nrs_config *c, const struct nrs_tls_client *tls);

/* Allow rules that have ended. None while the clock is not set. */
unsigned nrs_concerns_rules(const struct nrs_config *c);

/* Names in source.order that no source has, and interfaces that do not exist now. Only before the
 * confinement. */
unsigned nrs_concerns_sources(const struct nrs_config *c);

#endif
