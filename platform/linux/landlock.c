/* Landlock (Linux 5.13): which files this process may touch from now on.
 *
 * It is for the agent and not for the scanner process: under Landlock a process cannot look at others through
 * /proc.
 *
 * Rules hang on inodes, and resolv.conf is replaced by renaming, so folders are allowed rather than the file.
 * The user that the agent runs as cannot read secrets in /etc anyway. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/linux/confine.h"

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                              \
    (READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                              \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |             \
     LANDLOCK_ACCESS_FS_TRUNCATE)
#define EVERYTHING_OF_ABI_1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* Everything this version can forbid; what is in no rule below is forbidden. */
static uint64_t everything(int abi)
{
    return EVERYTHING_OF_ABI_1 | (abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
           (abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

static int allow_below(int ruleset, int dir, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = dir};

    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ? 0 : -errno;
}

/* Allows `access` below a folder. A folder that is not there needs no rule. */
static int allow(int ruleset, const char *dir, uint64_t access)
{
    int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -errno;
    rc = allow_below(ruleset, fd, access);
    close(fd);
    return rc;
}

/* The folder where /etc/resolv.conf really lies: /run/... or /tmp/... on many systems. */
static int allow_resolver(int ruleset)
{
    char link[sizeof "/proc/self/fd/" + 3 * sizeof(int)], path[PATH_MAX];
    int fd = open("/etc/resolv.conf", O_PATH | O_CLOEXEC);
    ssize_t len;
    char *slash;

    if (fd < 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, path, sizeof path - 1);
    close(fd);
    if (len < 0)
        return 0;
    path[len] = '\0';
    slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    *slash = '\0';
    return allow(ruleset, path, LANDLOCK_ACCESS_FS_READ_FILE);
}

static int allow_all(int ruleset, const int *writable, size_t n, const char *readable_dir, uint64_t handled)
{
    int rc = allow(ruleset, "/proc", READING);

    if (rc == 0)
        rc = allow(ruleset, "/etc", LANDLOCK_ACCESS_FS_READ_FILE);
    if (rc == 0)
        rc = allow_resolver(ruleset);
    if (rc == 0 && readable_dir)
        rc = allow(ruleset, readable_dir, READING);
    for (size_t i = 0; i < n && rc == 0; i++)
        if (writable[i] >= 0)
            rc = allow_below(ruleset, writable[i], WRITING & handled);
    return rc;
}

int nrs_landlock_confine(const int *writable, size_t n, const char *readable_dir, int *abi)
{
    struct landlock_ruleset_attr attr;
    int ruleset, rc;
    int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (version < 0)
        return errno == EOPNOTSUPP ? -ENOSYS : -errno; /* EOPNOTSUPP: built in, but turned off at boot */
    memset(&attr, 0, sizeof(attr));
    attr.handled_access_fs = everything(version);
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return -errno;
    rc = allow_all(ruleset, writable, n, readable_dir, attr.handled_access_fs);
    if (rc == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        rc = -errno;
    close(ruleset);
    if (rc == 0)
        *abi = version;
    return rc;
}
