/* platform/linux/exec_event.h - what fanotify and mountinfo say, read with their bounds checked */
#ifndef NRS_EXEC_EVENT_H
#define NRS_EXEC_EVENT_H
#include <stddef.h>

#include "platform/execs.h"

/* struct fanotify_event_metadata, without further records: none are asked for */
#define NRS_EXEC_EVENT_BYTES 24

/* One event as read() gave it, n bytes. 0, or -EPROTO: not of this shape. */
int nrs_exec_event_read(struct nrs_exec *e, const void *bytes, size_t n);

/* The mount point of one line of /proc/self/mountinfo (without its newline; no NUL needed), if starts on it
 * can be told: not for file systems that are mounted noexec, nor for those that may have to ask another
 * machine or program before they answer. */
bool nrs_exec_mount(char *path, size_t cap, const char *line, size_t len);

#endif
