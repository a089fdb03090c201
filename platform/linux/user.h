/* platform/linux/user.h - users of this machine, as /etc/passwd lists them
 *
 * The functions of the C library ask nscd, too, and bring its streams along: 3 KiB that no device needs. */
#ifndef NRS_USER_H
#define NRS_USER_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* user: a name, or a decimal number below 2^32 - 1, which is then its group, too. Returns 0; -ENOENT: not
 * known on this system, or in a line of more than 8,191 bytes; or another negative errno: the list cannot be
 * read. The numbers are unchanged on error. */
int nrs_user_find(const char *user, uid_t *uid, gid_t *gid);

/* True if the line `name:password:uid:gid:...` (len bytes, no newline) is that of `user`. Gives its
 * numbers. */
bool nrs_user_line(const char *line, size_t len, const char *user, uid_t *uid, gid_t *gid);

#endif
