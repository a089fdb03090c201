/* agent/commands/check.h - `noroshi check`: would `run` work with this configuration? */
#ifndef NRS_CHECK_H
#define NRS_CHECK_H
#include "agent/run/agent.h"

/* Looks at certificates, model, spool and sources of a->config, one line each; changes nothing but makes the spool
 * directory. 0, or NRS_EXIT_USAGE after a line that says what is wrong. path NULL: there is no file. */
int nrs_check(struct nrs_agent *a, const char *path);

#endif
