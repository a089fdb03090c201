/* agent/commands/check.h - the part of `noroshi check` that talks to the collector */
#ifndef NRS_CHECK_H
#define NRS_CHECK_H
#include "agent/run/agent.h"

/* One connection to the collector with an empty post. As root the process becomes `user` first and cannot go
 * back, because bytes from outside are read. The answer is one line on standard output. 0: the collector took
 * it; -1 after a line. */
int nrs_check_connect(struct nrs_agent *a);

#endif
