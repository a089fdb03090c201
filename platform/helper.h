/* platform/helper.h - a second process that keeps rights which the agent gives up
 *
 * Forked before anything else is opened, so that it inherits no key, no socket and no file. It becomes `user`, keeps the
 * rights to read files and to look at processes and no others, and makes no system call but those of reading (no
 * sockets, no new processes). It ends when the agent does: its end of the pair reports the end of file, and the kernel
 * kills it. Signals that end or reload the agent pass it by. */
#ifndef NRS_HELPER_H
#define NRS_HELPER_H
#include <stddef.h>

#include "models/base/why.h"

/* Starts work(arg, fd) in a process of its own. Returns the agent's end, or a negative errno: -ENOSYS, no such thing
 * here. Both ends keep messages apart, each at most 4,096 bytes, and never wait: what does not fit any more is -EAGAIN.
 * `why` names the process. prepare (NULL = nothing) runs first in the new process, with all rights. */
int nrs_helper_start(const char *user, void (*prepare)(void *arg), void (*work)(void *arg, int fd), void *arg,
                     struct nrs_why *why);

/* One message. Returns its length, 0 = the other side is gone, -EAGAIN = nothing there, or a negative errno. */
int nrs_helper_read(int fd, void *message, size_t cap);
int nrs_helper_write(int fd, const void *message, size_t len); /* 0 or a negative errno; a message goes whole or not */

/* Waits for a message, at most wait_ms (-1 = for ever): 1, 0, or a negative errno. other_fd: -1 or another one to wait for. */
int nrs_helper_wait(int fd, int other_fd, int wait_ms);

#endif
