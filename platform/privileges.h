/* platform/privileges.h - give up rights after everything that needs them is open
 *
 * Order: seal_relro first thing in main; open what needs rights; drop; confine; then the first thread and the first
 * byte from outside (a thread that was started before confine is not confined by Landlock).
 *
 * Every function returns 0 or a negative errno and writes one line into `why` that says what was done or why
 * not. -ENOSYS: the system has no such thing; the caller reports it and goes on. Any other error of drop means
 * that rights may be left: the caller must not go on. */
#ifndef NRS_PRIVILEGES_H
#define NRS_PRIVILEGES_H
#include <stddef.h>

#include "models/base/why.h"

/* Makes the program's relocated constants read-only; first thing in main (a static musl program does not do it
 * by itself). -ENOENT: the program has no such constants. */
int nrs_privileges_seal_relro(void);

/* Root: changes to `user` (a name or number; NULL = "nobody") and its group. Everyone: gives up every capability, forbids
 * new ones and core dumps. Afterwards files and folders must be accessible to that user. */
int nrs_privileges_drop(const char *user, struct nrs_why *why);

/* Allows writing below the folders `writable` only (n open descriptors, -1 = none), and reading there, below
 * `readable_dir` (NULL = none; else it must exist), /proc, /etc and where /etc/resolv.conf leads to (name resolution); and
 * only the system calls that the agent makes (Landlock, seccomp). -ENOSYS: the system has neither; 0: at least one is in
 * force, `why` says which. */
int nrs_privileges_confine(const int *writable, size_t n, const char *readable_dir, struct nrs_why *why);

/* Whether this process holds a capability by name ("CAP_NET_RAW"): 1, 0, or -EINVAL for a name that is not known. */
int nrs_privileges_has(const char *capability);

#endif
