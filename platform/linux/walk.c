#include "platform/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "models/base/units.h"

#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* linux/magic.h: proc, sysfs, debugfs, tracefs, cgroup, cgroup2, securityfs, bpf, efivarfs, configfs,
 * selinux. */
static const uint32_t pseudo[] = {0x9fa0,     0x62656572, 0x64626720, 0x74726163, 0x0027e0eb, 0x63677270,
                                  0x73636673, 0xcafe4a11, 0xde5e81e4, 0x62656570, 0xf97cff8c};

static bool is_pseudo(int fd)
{
    struct statfs fs;

    if (fstatfs(fd, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof pseudo / sizeof pseudo[0]; i++)
        if ((uint32_t)fs.f_type == pseudo[i])
            return true;
    return false;
}

/* What the kernel writes behind the name of a file that has none any more. */
static bool cut_deleted(struct nrs_walk *w, const struct stat *st)
{
    static const char gone[] = " (deleted)";
    size_t len = strlen(w->path), cut = sizeof gone - 1;

    if (st->st_nlink != 0 || len <= cut || strcmp(w->path + len - cut, gone) != 0)
        return false;
    w->path[len - cut] = '\0';
    return true;
}

/* Hands over an open descriptor and closes it, if it is what it was taken for. from_link: its path is what a
 * link of /proc says. */
static void hand_over(struct nrs_walk *w, int fd, uint32_t pid, bool from_link)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        w->missed(w->arg, w->path, -errno);
    } else if (!S_ISREG(st.st_mode)) {
        w->missed(w->arg, w->path, -EINVAL);
    } else {
        struct nrs_walk_file f = {.path = w->path,
                                  .fd = fd,
                                  .size = (uint64_t)st.st_size,
                                  .pid = pid,
                                  .deleted = from_link && cut_deleted(w, &st),
                                  .device = (uint64_t)st.st_dev,
                                  .inode = (uint64_t)st.st_ino,
                                  .mtime_ns = (uint64_t)st.st_mtim.tv_sec * NRS_NS_PER_S +
                                              (uint64_t)st.st_mtim.tv_nsec,
                                  .changed_s = (uint64_t)st.st_ctim.tv_sec};

        w->file(w->arg, &f);
    }
    close(fd);
}

bool nrs_walk_is_named(const struct nrs_walk_file *f)
{
    struct stat here;

    return stat(f->path, &here) == 0 && (uint64_t)here.st_dev == f->device &&
           (uint64_t)here.st_ino == f->inode;
}

static void open_file(struct nrs_walk *w, int dir, const char *name, int flags)
{
    int fd = openat(dir, name, OPEN_FLAGS | flags);

    if (fd < 0)
        w->missed(w->arg, w->path, -errno);
    else
        hand_over(w, fd, 0, false);
}

/* Appends "/name"; false if the path would be too long. */
static bool enter_name(struct nrs_walk *w, const char *name)
{
    size_t slash = w->len > 0 && w->path[w->len - 1] != '/', n = strlen(name);

    if (w->len + slash + n >= sizeof w->path)
        return false;
    if (slash)
        w->path[w->len++] = '/';
    memcpy(w->path + w->len, name, n + 1);
    w->len += n;
    return true;
}

static void walk_folder(struct nrs_walk *w, int fd, uint64_t device);

static void open_folder(struct nrs_walk *w, int dir, const char *name, uint64_t device)
{
    int fd = openat(dir, name, OPEN_FLAGS | O_DIRECTORY | O_NOFOLLOW);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        w->missed(w->arg, w->path, -errno);
    } else if (w->depth == NRS_WALK_DEPTH_MAX) {
        w->missed(w->arg, w->path, -ELOOP);
    } else if ((uint64_t)st.st_dev != device && is_pseudo(fd)) {
        w->n_pseudo++;
    } else {
        walk_folder(w, fd, (uint64_t)st.st_dev);
        return;
    }
    if (fd >= 0)
        close(fd);
}

static void look_below(struct nrs_walk *w, int dir, const char *name, uint64_t device)
{
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        w->missed(w->arg, w->path, -errno);
    else if (S_ISDIR(st.st_mode))
        open_folder(w, dir, name, device);
    else if (S_ISREG(st.st_mode))
        open_file(w, dir, name, O_NOFOLLOW);
    else if (S_ISLNK(st.st_mode))
        w->n_links++;
    else
        w->n_special++;
}

/* Takes over fd. */
static void walk_folder(struct nrs_walk *w, int fd, uint64_t device)
{
    DIR *d = fdopendir(fd);
    const struct dirent *e;
    size_t len = w->len;

    if (d == NULL) {
        w->missed(w->arg, w->path, -errno);
        close(fd);
        return;
    }
    w->depth++;
    while (errno = 0, (e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (enter_name(w, e->d_name))
            look_below(w, fd, e->d_name, device);
        else
            w->missed(w->arg, w->path, -ENAMETOOLONG);
        w->len = len;
        w->path[len] = '\0';
    }
    if (errno != 0)
        w->missed(w->arg, w->path, -errno);
    w->depth--;
    closedir(d);
}

void nrs_walk_path(struct nrs_walk *w, const char *path)
{
    struct stat st;

    w->len = 0;
    w->depth = 0;
    w->path[0] = '\0';
    if (!enter_name(w, path))
        w->missed(w->arg, path, -ENAMETOOLONG);
    else if (stat(path, &st) != 0)
        w->missed(w->arg, path, -errno);
    else if (S_ISREG(st.st_mode))
        open_file(w, AT_FDCWD, path, 0);
    else if (!S_ISDIR(st.st_mode))
        w->missed(w->arg, path, -EINVAL);
    else if (!w->recursive)
        w->missed(w->arg, path, -EISDIR);
    else {
        int fd = open(path, OPEN_FLAGS | O_DIRECTORY);

        if (fd < 0)
            w->missed(w->arg, path, -errno);
        else
            walk_folder(w, fd, (uint64_t)st.st_dev);
    }
}

static bool seen_before(struct nrs_walk *w, const struct stat *st)
{
    for (unsigned i = 0; i < w->n_seen; i++)
        if (w->seen[i].device == (uint64_t)st->st_dev && w->seen[i].inode == (uint64_t)st->st_ino)
            return true;
    if (w->n_seen < NRS_WALK_SEEN_MAX) {
        w->seen[w->n_seen].device = (uint64_t)st->st_dev;
        w->seen[w->n_seen++].inode = (uint64_t)st->st_ino;
    }
    return false;
}

/* Where a link of /proc leads; if it cannot be read, its own name stays. 0 or a negative errno. */
static int read_link(struct nrs_walk *w, const char *link)
{
    ssize_t n = readlink(link, w->path, sizeof w->path - 1);

    if (n < 0) {
        int rc = -errno;

        snprintf(w->path, sizeof w->path, "%s", link);
        return rc;
    }
    w->path[n] = '\0';
    return 0;
}

/* A process without a program (a kernel thread, or one that has just ended) is none of ours. */
static void look_at_process(struct nrs_walk *w, const char *pid)
{
    char link[32];
    struct stat st;
    int rc, fd = -1;

    snprintf(link, sizeof link, "/proc/%.16s/exe", pid);
    rc = read_link(w, link);
    if (rc == 0 && ((fd = open(link, OPEN_FLAGS)) < 0 || fstat(fd, &st) != 0))
        rc = -errno;
    if (rc != 0) {
        if (rc != -ENOENT && rc != -ESRCH)
            w->missed(w->arg, w->path, rc);
    } else if (seen_before(w, &st)) {
        w->n_again++;
    } else {
        hand_over(w, fd, (uint32_t)strtoul(pid, NULL, 10), true);
        return;
    }
    if (fd >= 0)
        close(fd);
}

int nrs_walk_processes(struct nrs_walk *w)
{
    DIR *d = opendir("/proc");
    const struct dirent *e;

    if (d == NULL)
        return -errno;
    while ((e = readdir(d)) != NULL)
        if (e->d_name[0] >= '0' && e->d_name[0] <= '9')
            look_at_process(w, e->d_name);
    closedir(d);
    return 0;
}

void nrs_walk_process(struct nrs_walk *w, uint32_t pid)
{
    char name[12];

    w->n_seen = 0;
    snprintf(name, sizeof name, "%u", (unsigned)pid);
    look_at_process(w, name);
}

void nrs_walk_open_file(struct nrs_walk *w, int fd, uint32_t pid)
{
    char link[32];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    (void)read_link(w, link);
    hand_over(w, fd, pid, true);
}
