/* No users, no rights to give up. */
#include "platform/privileges.h"

#include <errno.h>
#include <stdio.h>

static int unsupported(char *why, size_t why_len)
{
    snprintf(why, why_len, "this build knows no system");
    return -ENOSYS;
}

int nrs_privileges_seal_relro(void)
{
    return -ENOSYS;
}

int nrs_privileges_drop(const char *user, char *why, size_t why_len)
{
    (void)user;
    return unsupported(why, why_len);
}

int nrs_privileges_confine(const int *writable, size_t n, const char *readable_dir, char *why, size_t why_len)
{
    (void)writable;
    (void)n;
    (void)readable_dir;
    return unsupported(why, why_len);
}

int nrs_privileges_has(const char *capability)
{
    (void)capability;
    return 0;
}
