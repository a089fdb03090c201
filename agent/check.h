/* agent/check.h - `noroshi check`: would `run` work with this configuration? */
#ifndef NRS_CHECK_H
#define NRS_CHECK_H
#include "agent/config.h"

/* Looks at certificates, model, spool and sources, one line each; changes nothing but makes the spool directory. 0, or
 * NRS_EXIT_USAGE after a line that says what is wrong. */
int nrs_check(const struct nrs_config *c, const char *path);

#endif
