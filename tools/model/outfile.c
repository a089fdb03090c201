#include "tools/model/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/base/error.h"

#define BESIDE_MAX ((int)sizeof(((struct nrs_outfile *)0)->beside))

static int refuse(struct nrs_why *why)
{
    return nrs_why(why, NRS_ERR_IO, "%s", strerror(errno));
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
    }
    return fsync(fd);
}

int nrs_outfile_create(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_why *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int rc = 0;

    if (fd < 0)
        return refuse(why);
    if (write_all(fd, bytes, len) != 0)
        rc = refuse(why);
    if (close(fd) != 0 && rc == 0)
        rc = refuse(why);
    if (rc)
        unlink(path);
    return rc;
}

static int name_beside(char beside[BESIDE_MAX], const char *path, struct nrs_why *why)
{
    if (snprintf(beside, BESIDE_MAX, "%s.%ld.tmp", path, (long)getpid()) >= BESIDE_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "name too long");
    return 0;
}

int nrs_outfile_replace(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_why *why)
{
    char beside[BESIDE_MAX];
    int rc = name_beside(beside, path, why);

    if (rc)
        return rc;
    rc = nrs_outfile_create(beside, bytes, len, mode, why);
    if (rc == 0 && rename(beside, path) != 0) {
        rc = refuse(why);
        unlink(beside);
    }
    return rc;
}

int nrs_outfile_open(struct nrs_outfile *o, const char *path, struct nrs_why *why)
{
    int rc;

    *o = (struct nrs_outfile){.to = stdout};
    if (strcmp(path, "-") == 0)
        return 0;
    o->path = path;
    rc = name_beside(o->beside, path, why);
    if (rc)
        return rc;
    o->to = fopen(o->beside, "wxe");
    return o->to ? 0 : refuse(why);
}

/* Everything is on disk, and nothing failed on the way there. */
static bool whole(FILE *to)
{
    return !ferror(to) && fflush(to) == 0 && fsync(fileno(to)) == 0;
}

int nrs_outfile_close(struct nrs_outfile *o, bool keep, struct nrs_why *why)
{
    int rc = 0;

    if (o->path == NULL)
        return 0; /* main looks at standard output */
    if (keep && !whole(o->to))
        rc = refuse(why);
    if (fclose(o->to) != 0 && keep && rc == 0)
        rc = refuse(why);
    if (keep && rc == 0 && rename(o->beside, o->path) != 0)
        rc = refuse(why);
    if (!keep || rc)
        unlink(o->beside);
    return rc;
}
