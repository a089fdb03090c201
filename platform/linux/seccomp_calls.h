/* platform/linux/seccomp_calls.h - which system calls a running agent makes
 *
 * Numbers of this architecture, ended by the count beside each list. */
#ifndef NRS_SECCOMP_CALLS_H
#define NRS_SECCOMP_CALLS_H
#include <stddef.h>

/* What libc, libuv, the flow sources and the spool use once everything is open; the frequent ones first. */
extern const unsigned short nrs_seccomp_allowed[];
extern const size_t nrs_seccomp_n_allowed;

/* What a helper uses (platform/helper.h): reading files, and its
 * end of the pair. Opening is looked at closer (seccomp.c). */
extern const unsigned short nrs_seccomp_helper[];
extern const size_t nrs_seccomp_n_helper;

/* What only somebody who has taken over the process would call. */
extern const unsigned short nrs_seccomp_fatal[];
extern const size_t nrs_seccomp_n_fatal;

#endif
