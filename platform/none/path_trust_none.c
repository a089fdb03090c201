/* No files: nothing can be trusted. */
#include "platform/path_trust.h"

#include <errno.h>

int nrs_dir_open(const char *path, const char *user)
{
    (void)path;
    (void)user;
    return -ENOSYS;
}

int nrs_dir_check(int dir, const char *user, const char *const *ours, char name[NRS_PATH_NAME_TEXT])
{
    (void)dir;
    (void)user;
    (void)ours;
    name[0] = '\0';
    return -ENOSYS;
}

int nrs_dir_give(int dir, const char *user, const char *const *ours, char name[NRS_PATH_NAME_TEXT])
{
    (void)dir;
    (void)user;
    (void)ours;
    name[0] = '\0';
    return -ENOSYS;
}

int nrs_path_is_private(const char *path, const char *user, bool secret)
{
    (void)path;
    (void)user;
    (void)secret;
    return -ENOSYS;
}
