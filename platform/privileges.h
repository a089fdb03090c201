/* platform/privileges.h - give up rights after everything that needs them is open
 *
 * Order: seal_relro is the first call of main. Then what needs rights is opened; then drop; then confine;
 * then the first thread starts and the first byte from outside is read. (Landlock does not confine a thread
 * that was started before confine.)
 *
 * Every function returns 0 or a negative errno, and writes into `why` what was done or why not. -ENOSYS: the
 * system has no such thing; the caller reports it and goes on. Any other error of drop means that rights may
 * be left: the caller has to end. */
#ifndef NRS_PRIVILEGES_H
#define NRS_PRIVILEGES_H
#include <stddef.h>

#include "models/base/why.h"

/* Makes the program's relocated constants read-only, which a static musl program does not do by itself.
 * -ENOENT: the program has no such constants. */
int nrs_privileges_seal_relro(void);

/* Whether `user` (a name or number) is one that a root start may become. -ENOENT: it is not known on this
 * system; -EINVAL: it is root. `why` says it in words. */
int nrs_privileges_check_user(const char *user, struct nrs_why *why);

/* Whether this process is root and has to become another user. */
int nrs_privileges_is_root(void);

/* Root: changes to `user` (a name or number; NULL = "nobody") and its group. Everyone: gives up every
 * capability, and forbids new ones and core dumps. What the agent opens afterwards has to be accessible to
 * that user. */
int nrs_privileges_drop(const char *user, struct nrs_why *why);

/* Landlock: allows writing below the folders `writable` only (n open descriptors, -1 = none), and reading
 * below them, below `readable_dir` (NULL = none; else it has to exist), /proc, /etc and the folder that
 * /etc/resolv.conf leads to (name resolution). seccomp: allows only the system calls that the agent makes.
 * -ENOSYS: the kernel has neither of the two; 0: at least one is in force, and `why` says which. */
int nrs_privileges_confine(const int *writable, size_t n, const char *readable_dir, struct nrs_why *why);

/* Whether this process holds a capability by name ("CAP_NET_RAW"): 1, 0, or -EINVAL for a name that is not
 * known. */
int nrs_privileges_has(const char *capability);

#endif
