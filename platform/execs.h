/* platform/execs.h - programs as they are started, each with its file already open
 *
 * The kernel opens the file itself. So the file that is examined is the file that was started, whatever
 * becomes of its name. The kernel reports every file that is opened to be run: the program, its loader, a
 * script and its interpreter. */
#ifndef NRS_EXECS_H
#define NRS_EXECS_H
#include <stdbool.h>
#include <stdint.h>

struct nrs_exec {
    int fd;       /* open for reading; the caller closes it. -1: there is none, see lost */
    uint32_t pid; /* the process that starts it; 0 = a process that cannot be seen from here */
    bool lost;    /* no file: starts were lost, because the queue was full or a file could not be opened */
};

extern const char *const nrs_execs_name; /* the mechanism, for people */

/* Starts the reports, for the file systems that are mounted now, may hold programs, and need no network or
 * other program to answer. It needs a right (CAP_SYS_ADMIN) that may be given up afterwards. Returns a
 * descriptor that becomes readable with every report, or a negative errno; -ENOSYS: this kernel has no such
 * reports. */
int nrs_execs_open(void);

/* Reads one report. 1: *e is filled; 0: none is pending; a negative errno: the descriptor is broken and has
 * to be closed. One file is open at a time; the kernel bounds the queue. */
int nrs_execs_next(int fd, struct nrs_exec *e);

#endif
