/* No files, no processes. */
#include "platform/walk.h"

#include <errno.h>

bool nrs_walk_is_named(const struct nrs_walk_file *f)
{
    (void)f;
    return false;
}

void nrs_walk_path(struct nrs_walk *w, const char *path)
{
    w->missed(w->arg, path, -ENOSYS);
}

int nrs_walk_processes(struct nrs_walk *w)
{
    (void)w;
    return -ENOSYS;
}

void nrs_walk_process(struct nrs_walk *w, uint32_t pid)
{
    (void)w;
    (void)pid;
}

void nrs_walk_open_file(struct nrs_walk *w, int fd, uint32_t pid)
{
    (void)w;
    (void)fd;
    (void)pid;
}
