/* agent/spool/boot_id.h - a name for this start of the agent, so that event ids never repeat
 *
 * "<tag><count>": the tag is eight random characters made together with the directory's file "boot", the
 * count grows by one a start and is on disk before the name is used. A lost or damaged file gets a new tag;
 * without a writable directory every start has its own. */
#ifndef NRS_BOOT_ID_H
#define NRS_BOOT_ID_H

#define NRS_BOOT_ID_MAX 16

/* dir: an open directory, or -1. Returns 0, or a negative errno if the name could not be persisted (it is
 * valid all the same). */
int nrs_boot_id_next(int dir, char id[NRS_BOOT_ID_MAX + 1]);

#endif
