/* platform/linux/seccomp_calls.h - the system calls that a running agent makes
 *
 * The lists hold numbers of this architecture. Each list has its length beside it. */
#ifndef NRS_SECCOMP_CALLS_H
#define NRS_SECCOMP_CALLS_H
#include <stddef.h>

/* Calls of libc, libuv, the flow sources and the spool once everything is open; the frequent ones first. */
extern const unsigned short nrs_seccomp_allowed[];
extern const size_t nrs_seccomp_n_allowed;

/* Calls of a helper (platform/helper.h): reading files, and its end of the pair. seccomp.c also checks how a
 * file is opened. */
extern const unsigned short nrs_seccomp_helper[];
extern const size_t nrs_seccomp_n_helper;

/* Calls that only an intruder who has taken over the process would make. */
extern const unsigned short nrs_seccomp_fatal[];
extern const size_t nrs_seccomp_n_fatal;

#endif
