/* tests/temp_dir.h - a fresh directory for one test, open, and its removal
 *
 * In memory where that is possible: the tests ask for thousands of syncs. */
#ifndef NRS_TEST_TEMP_DIR_H
#define NRS_TEST_TEMP_DIR_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/files.h"
#include "platform/path_trust.h"

struct temp_dir {
    char path[64];
    int fd;
};

static inline int temp_dir_make(struct temp_dir *d)
{
    sprintf(d->path, "%s/noroshi-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(d->path) == NULL)
        return -1;
    d->fd = nrs_dir_open(d->path, NULL);
    return d->fd < 0 ? -1 : 0;
}

static inline void temp_dir_unlink(void *arg, const char *name)
{
    (void)unlinkat(((struct temp_dir *)arg)->fd, name, 0);
}

static inline void temp_dir_empty(struct temp_dir *d)
{
    nrs_dir_each(d->fd, temp_dir_unlink, d);
}

static inline void temp_dir_remove(struct temp_dir *d)
{
    temp_dir_empty(d);
    close(d->fd);
    rmdir(d->path);
}

#endif
