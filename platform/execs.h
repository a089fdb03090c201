/* platform/execs.h - programs as they are started, each with its file already open
 *
 * The kernel opens the file itself, so what is looked at is what was started, whatever becomes of its name.
 * Told is every file that is opened to be run: the program, its loader, a script and its interpreter. */
#ifndef NRS_EXECS_H
#define NRS_EXECS_H
#include <stdbool.h>
#include <stdint.h>

struct nrs_exec {
    int fd;       /* open for reading; the caller closes it. -1: none, see lost */
    uint32_t pid; /* who starts it; 0 = nobody that can be seen from here */
    bool lost;    /* instead of a file: starts were not told, because
                     too many waited or the file could not be opened */
};

extern const char *const nrs_execs_name; /* what tells, for people */

/* From here on starts are told: of files on the file systems that are mounted now, may hold programs, and
 * answer by themselves (not over a network). Needs a right that may be given up afterwards. Returns a
 * descriptor that becomes readable, or a negative errno; -ENOSYS: this kernel has no such thing. */
int nrs_execs_open(void);

/* The next one: 1; 0: nothing more for now; a negative errno: it is broken, and there is nothing left but to
 * close it. One file is open at a time; what waits is bounded by the kernel. */
int nrs_execs_next(int fd, struct nrs_exec *e);

#endif
