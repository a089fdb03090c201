/* platform/linux/confine.h - the two halves of nrs_privileges_confine
 *
 * Both need no_new_privs, which nrs_privileges_drop sets. Each returns 0 or a negative errno; -ENOSYS: this
 * kernel does not have it. */
#ifndef NRS_CONFINE_H
#define NRS_CONFINE_H
#include <stddef.h>

/* File access: see nrs_privileges_confine. abi: the version of Landlock in force. */
int nrs_landlock_confine(const int *writable, size_t n, const char *readable_dir, int *abi);

/* System calls: see seccomp.c for what happens to the others. */
int nrs_seccomp_confine(void);

/* System calls of a helper (platform/helper.h): reading only, and no socket but its own. */
int nrs_seccomp_confine_helper(void);

#endif
