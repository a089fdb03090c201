/* No second process, and nobody to ask who owns a connection. */
#include "platform/helper.h"

#include <errno.h>
#include <string.h>

#include "platform/owner.h"

int nrs_helper_start(const char *user, void (*prepare)(void *arg), void (*work)(void *arg, int fd), void *arg,
                     struct nrs_why *why)
{
    (void)user;
    (void)prepare;
    (void)work;
    (void)arg;
    return nrs_why(why, -ENOSYS, "this build knows no system");
}

int nrs_helper_read(int fd, void *message, size_t cap)
{
    (void)fd;
    (void)message;
    (void)cap;
    return -ENOSYS;
}

int nrs_helper_write(int fd, const void *message, size_t len)
{
    (void)fd;
    (void)message;
    (void)len;
    return -ENOSYS;
}

int nrs_helper_wait(int fd, int other_fd, int wait_ms)
{
    (void)fd;
    (void)other_fd;
    (void)wait_ms;
    return -ENOSYS;
}

int nrs_owner_open(void)
{
    return -ENOSYS;
}

void nrs_owner_find(const struct nrs_connection *list, size_t n, uint32_t *pid)
{
    (void)list;
    memset(pid, 0, n * sizeof *pid);
}
