#include "tools/collector/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/base/error.h"

static int open_in(const char *dir, const char *name, int flags, unsigned mode)
{
    char path[512];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);

    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, flags | O_CLOEXEC, (mode_t)mode);
}

char *nrs_col_file_read(const char *dir, const char *name, size_t max, size_t *n)
{
    int fd = open_in(dir, name, O_RDONLY, 0), error = 0;
    char *bytes = malloc(max + 1);
    size_t got = 0;
    ssize_t some = 1;

    while (fd >= 0 && bytes != NULL && got <= max && some > 0) {
        some = read(fd, bytes + got, max + 1 - got);
        got += some > 0 ? (size_t)some : 0;
    }
    if (fd < 0 || bytes == NULL || some < 0)
        error = errno;
    else if (got > max)
        error = EFBIG;
    if (fd >= 0)
        close(fd);
    if (error == 0) {
        bytes[got] = '\0';
        *n = got;
        return bytes;
    }
    free(bytes);
    errno = error;
    return NULL;
}

int nrs_col_file_write(const char *dir, const char *name, const char *bytes, size_t n, unsigned mode)
{
    int fd = open_in(dir, name, O_WRONLY | O_CREAT | O_EXCL, mode), error = 0;

    if (fd < 0)
        return NRS_ERR_IO;
    if (fchmod(fd, (mode_t)mode) != 0 || write(fd, bytes, n) != (ssize_t)n || fsync(fd) != 0)
        error = errno;
    close(fd);
    errno = error;
    return error == 0 ? 0 : NRS_ERR_IO;
}

int nrs_col_complain(const char *place, const char *what)
{
    (void)fprintf(stderr, "noroshi-collector: %s: %s\n", place, what);
    return 2;
}
