/* No users, no rights to give up. */
#include "platform/privileges.h"

#include <errno.h>

static int unsupported(struct nrs_why *why)
{
    return nrs_why(why, -ENOSYS, "this build knows no system");
}

int nrs_privileges_seal_relro(void)
{
    return -ENOSYS;
}

int nrs_privileges_check_user(const char *user, struct nrs_why *why)
{
    (void)user;
    return unsupported(why);
}

int nrs_privileges_is_root(void)
{
    return 0;
}

int nrs_privileges_drop(const char *user, struct nrs_why *why)
{
    (void)user;
    return unsupported(why);
}

int nrs_privileges_confine(const int *writable, size_t n, const char *readable_dir, struct nrs_why *why)
{
    (void)writable;
    (void)n;
    (void)readable_dir;
    return unsupported(why);
}

int nrs_privileges_has(const char *capability)
{
    (void)capability;
    return 0;
}
