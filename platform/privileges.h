/* platform/privileges.h - give up rights after everything that needs them is open
 *
 * Every function returns 0 or a negative errno and writes one line into `why` that says what was done or why
 * not. -ENOSYS: the system has no such thing; the caller reports it and goes on. */
#ifndef NRS_PRIVILEGES_H
#define NRS_PRIVILEGES_H
#include <stddef.h>

/* Makes the program's relocated constants read-only; first thing in main (a static musl program does not do it
 * by itself). */
int nrs_privileges_seal_relro(void);

/* Root: changes to `user` (a name or number; NULL = "nobody") and its group, drops every capability, forbids new ones and core
 * dumps. Not root: forbids new privileges only. */
int nrs_privileges_drop(const char *user, char *why, size_t why_len);

/* Allows writing below `writable_dir` and reading /proc and below `readable_dir` only (either may be NULL),
 * and only the system calls that the agent makes (Landlock, seccomp). */
int nrs_privileges_confine(const char *writable_dir, const char *readable_dir, char *why, size_t why_len);

/* Whether this process holds a capability by name ("CAP_NET_RAW"). */
int nrs_privileges_has(const char *capability);

#endif
