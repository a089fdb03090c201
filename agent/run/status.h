/* agent/run/status.h - what a running agent says about itself, as one small file in the spool directory
 *
 * Written at the start, at a clean stop and on SIGUSR1, so that an idle agent writes nothing to flash. The keys are
 * in the order in which people read them. */
#ifndef NRS_STATUS_H
#define NRS_STATUS_H
#include "agent/config/config.h"

#define NRS_STATUS_NAME "status.json"
#define NRS_STATUS_MAX 4096

/* `noroshi status`: asks the agent of this configuration to write it, and prints it. Exit code: 0 it runs, 1 it does not. */
int nrs_status_show(const struct nrs_config *c, bool json);

#endif
