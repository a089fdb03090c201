#include "platform/linux/confine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/privileges.h"

static const char *reason(int rc)
{
    return rc == -ENOSYS ? "not in this kernel" : strerror(-rc);
}

int nrs_privileges_confine(const int *writable, size_t n, const char *readable_dir, struct nrs_why *why)
{
    char files[64] = "in force", calls[64] = "in force";
    int abi = 0;
    int landlock = nrs_landlock_confine(writable, n, readable_dir, &abi);
    int seccomp = nrs_seccomp_confine();

    if (landlock)
        snprintf(files, sizeof(files), "off (%s)", reason(landlock));
    else
        snprintf(files, sizeof(files), "in force (Landlock %d)", abi);
    if (seccomp)
        snprintf(calls, sizeof(calls), "off (%s)", reason(seccomp));
    nrs_why(why, 0, "file access limits %s, system call filter %s", files, calls);
    if (landlock == 0 || seccomp == 0)
        return 0;
    return landlock != -ENOSYS ? landlock : seccomp;
}
