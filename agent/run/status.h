/* agent/run/status.h - what a running agent says about itself, as one small file in the spool directory
 *
 * The agent writes it at the start, at a clean stop and on SIGUSR1, so that an idle agent writes nothing to
 * flash. The keys are in the order in which people read them. `noroshi status` asks for it and prints it. */
#ifndef NRS_STATUS_H
#define NRS_STATUS_H

#define NRS_STATUS_NAME "status.json"
#define NRS_STATUS_MAX 4096 /* bytes of the file, with a NUL */

#endif
