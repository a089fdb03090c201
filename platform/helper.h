/* platform/helper.h - a second process that keeps rights which the agent gives up
 *
 * The process is forked before anything else is opened, so that it inherits no key, no socket and no file. It
 * becomes `user`. It keeps the rights to read files and to look at processes, and no others. It makes only
 * the system calls of reading: no sockets, no new processes. It ends when the agent ends: its end of the pair
 * reports the end of file, and the kernel kills it. It ignores the signals that end or reload the agent. */
#ifndef NRS_HELPER_H
#define NRS_HELPER_H
#include <stddef.h>

#include "models/base/why.h"

/* Starts work(arg, fd) in a process of its own. Returns the agent's end of a pair, or a negative errno;
 * -ENOSYS: this system has no such process. Both ends keep messages apart (at most 4,096 bytes each) and
 * never wait: -EAGAIN where the pair is full. `why` names the process. prepare (NULL = nothing) runs first in
 * the new process, with all rights. */
int nrs_helper_start(const char *user, void (*prepare)(void *arg), void (*work)(void *arg, int fd), void *arg,
                     struct nrs_why *why);

/* Reads one message. Returns its length; 0: the other side has ended; -EAGAIN: no message is pending; or
 * another negative errno. */
int nrs_helper_read(int fd, void *message, size_t cap);
/* Writes a message as a whole. 0 or a negative errno, and then nothing of it was written. */
int nrs_helper_write(int fd, const void *message, size_t len);

/* Waits for a message, at most wait_ms (-1 = for ever). 1: a message is pending, or other_fd (-1 = none) is
 * readable; 0: the time is over; or a negative errno. */
int nrs_helper_wait(int fd, int other_fd, int wait_ms);

#endif
