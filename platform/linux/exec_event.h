/* platform/linux/exec_event.h - events of fanotify and lines of mountinfo, read with their bounds checked */
#ifndef NRS_EXEC_EVENT_H
#define NRS_EXEC_EVENT_H
#include <stddef.h>

#include "platform/execs.h"

#define NRS_EXEC_EVENT_BYTES 24 /* struct fanotify_event_metadata; further records are not requested */

/* Reads one event of n bytes as read() returned it. 0, or -EPROTO: it does not have this form. */
int nrs_exec_event_read(struct nrs_exec *e, const void *bytes, size_t n);

/* Writes the mount point of one line of /proc/self/mountinfo (without its newline; no NUL needed). False:
 * starts on it cannot be reported. Either it is mounted noexec, or it may need another machine or program
 * before it answers. */
bool nrs_exec_mount(char *path, size_t cap, const char *line, size_t len);

#endif
