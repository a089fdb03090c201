#include "platform/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int result(long rc)
{
    return rc < 0 ? -errno : (int)rc;
}

int nrs_dir_look(const char *path)
{
    return result(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int nrs_dir_enter(int dir)
{
    return result(fchdir(dir));
}

int nrs_dir_lock(int dir)
{
    return result(flock(dir, LOCK_EX | LOCK_NB));
}

int nrs_dir_each(int dir, void (*fn)(void *arg, const char *name), void *arg)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct dirent *e;
    DIR *d = fd < 0 ? NULL : fdopendir(fd);

    if (d == NULL) {
        int err = errno;

        nrs_file_close(fd);
        return -err;
    }
    while ((e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            fn(arg, e->d_name);
    closedir(d);
    return 0;
}

int nrs_dir_sync(int dir)
{
    return result(fsync(dir));
}

int nrs_file_open(int dir, const char *name)
{
    return result(openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

int nrs_file_write(int fd, uint64_t at, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;

    while (len > 0) {
        ssize_t n = pwrite(fd, p, len, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENOSPC;
        p += n;
        at += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

int nrs_file_read_at(int fd, uint64_t at, void *bytes, size_t len)
{
    unsigned char *p = bytes;
    size_t got = 0;

    while (got < len) {
        ssize_t n = pread(fd, p + got, len - got, (off_t)(at + got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (int)got;
}

static int read_all(int fd, void *buf, size_t cap)
{
    unsigned char *p = buf;
    size_t got = 0;

    while (got < cap) {
        ssize_t n = read(fd, p + got, cap - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (int)got;
}

int nrs_file_sync(int fd)
{
    return result(fdatasync(fd));
}

int nrs_file_close(int fd)
{
    return fd < 0 ? 0 : result(close(fd));
}

int nrs_file_remove(int dir, const char *name)
{
    return result(unlinkat(dir, name, 0));
}

int nrs_file_replace(int dir, const char *name, const void *bytes, size_t len, int durable)
{
    char tmp[64];
    int fd, rc;

    if (snprintf(tmp, sizeof tmp, "%s.tmp", name) >= (int)sizeof tmp)
        return -ENAMETOOLONG;
    fd = result(openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd < 0)
        return fd;
    rc = nrs_file_write(fd, 0, bytes, len);
    if (rc == 0 && durable)
        rc = nrs_file_sync(fd);
    nrs_file_close(fd);
    if (rc == 0)
        rc = result(renameat(dir, tmp, dir, name));
    if (rc != 0)
        unlinkat(dir, tmp, 0);
    else if (durable)
        rc = nrs_dir_sync(dir);
    return rc;
}

static int load(int dir, const char *path, void *buf, size_t cap)
{
    int fd = result(openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    int n;

    if (fd < 0)
        return fd;
    n = read_all(fd, buf, cap);
    nrs_file_close(fd);
    if (n < 0)
        return n;
    if ((size_t)n == cap)
        return -EFBIG;
    ((char *)buf)[n] = '\0';
    return n;
}

int nrs_file_load(int dir, const char *name, void *buf, size_t cap)
{
    return load(dir, name, buf, cap);
}

int nrs_path_load(const char *path, void *buf, size_t cap)
{
    return load(AT_FDCWD, path, buf, cap);
}

int nrs_path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
