/* No files: nothing can be kept. */
#include "platform/files.h"

#include <errno.h>

int nrs_file_read_at(int fd, uint64_t at, void *bytes, size_t len)
{
    (void)fd;
    (void)at;
    (void)bytes;
    (void)len;
    return -ENOSYS;
}

int nrs_dir_look(const char *path)
{
    (void)path;
    return -ENOSYS;
}

int nrs_dir_enter(int dir)
{
    (void)dir;
    return -ENOSYS;
}

int nrs_dir_lock(int dir)
{
    (void)dir;
    return -ENOSYS;
}

int nrs_dir_each(int dir, void (*fn)(void *arg, const char *name), void *arg)
{
    (void)dir;
    (void)fn;
    (void)arg;
    return -ENOSYS;
}

int nrs_dir_sync(int dir)
{
    (void)dir;
    return -ENOSYS;
}

int nrs_file_open(int dir, const char *name)
{
    (void)dir;
    (void)name;
    return -ENOSYS;
}

int nrs_file_write(int fd, uint64_t at, const void *bytes, size_t len)
{
    (void)fd;
    (void)at;
    (void)bytes;
    (void)len;
    return -ENOSYS;
}

int nrs_file_sync(int fd)
{
    (void)fd;
    return -ENOSYS;
}

int nrs_file_close(int fd)
{
    (void)fd;
    return 0;
}

int nrs_file_remove(int dir, const char *name)
{
    (void)dir;
    (void)name;
    return -ENOSYS;
}

int nrs_file_replace(int dir, const char *name, const void *bytes, size_t len, int durable)
{
    (void)dir;
    (void)name;
    (void)bytes;
    (void)len;
    (void)durable;
    return -ENOSYS;
}

int nrs_file_load(int dir, const char *name, void *buf, size_t cap)
{
    (void)dir;
    (void)name;
    (void)buf;
    (void)cap;
    return -ENOSYS;
}

int nrs_path_exists(const char *path)
{
    (void)path;
    return 0;
}

int nrs_path_load(const char *path, void *buf, size_t cap)
{
    (void)path;
    (void)buf;
    (void)cap;
    return -ENOSYS;
}
