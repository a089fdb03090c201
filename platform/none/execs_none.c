/* This system reports no starts of programs. */
#include "platform/execs.h"

#include <errno.h>

const char *const nrs_execs_name = "nothing";

int nrs_execs_open(void)
{
    return -ENOSYS;
}

int nrs_execs_next(int fd, struct nrs_exec *e)
{
    (void)fd;
    (void)e;
    return -ENOSYS;
}
