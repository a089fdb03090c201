/* agent/config/config_allow.h - the rules of the array `allow`: their texts, and what a rule has to have */
#ifndef NRS_CONFIG_ALLOW_H
#define NRS_CONFIG_ALLOW_H
#include <stddef.h>

#include "agent/core/allow.h"
#include "models/base/why.h"

/* Reads the text of one key of a rule: net, domain, proto, process or until. 0, or NRS_ERR_RANGE with the
 * rest of the line ("is no date such as 2027-01-31") in `why`. */
int nrs_config_allow_set(struct nrs_allow_rule *r, const char *key, const char *text, struct nrs_why *why);

/* What is wrong with a rule whose keys are all read; NULL = nothing. */
const char *nrs_config_allow_fault(const struct nrs_allow_rule *r);

#endif
