#include "tools/model/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/error.h"

static int refuse(struct nrs_note *note)
{
    return nrs_note_set(note, NRS_ERR_IO, "%s", strerror(errno));
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

int nrs_outfile_create(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_note *note)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int rc = 0;

    if (fd < 0)
        return refuse(note);
    if (write_all(fd, bytes, len) != 0)
        rc = refuse(note);
    if (close(fd) != 0 && rc == 0)
        rc = refuse(note);
    if (rc)
        unlink(path);
    return rc;
}

int nrs_outfile_replace(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_note *note)
{
    char beside[4096];
    int rc;

    if (snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof beside)
        return nrs_note_set(note, NRS_ERR_LIMIT, "name too long");
    rc = nrs_outfile_create(beside, bytes, len, mode, note);
    if (rc == 0 && rename(beside, path) != 0) {
        rc = refuse(note);
        unlink(beside);
    }
    return rc;
}
