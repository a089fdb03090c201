#include "platform/linux/proc_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "platform/clock.h"

int nrs_proc_lines_begin(struct nrs_proc_lines *l, int fd)
{
    l->fd = fd;
    l->begin = l->end = 0;
    l->skipping = false;
    return lseek(fd, 0, SEEK_SET) == 0 ? 0 : -errno;
}

/* Reads more behind what is left; 1, 0 at the end of the file, or a negative errno. */
static int fill(struct nrs_proc_lines *l)
{
    uint64_t before_ns = nrs_clock_boot_ns();
    ssize_t n;

    memmove(l->buffer, l->buffer + l->begin, l->end - l->begin);
    l->end -= l->begin;
    l->begin = 0;
    if (l->end == sizeof l->buffer) {
        l->end = 0;
        l->skipping = true;
    }
    do
        n = read(l->fd, l->buffer + l->end, sizeof l->buffer - l->end);
    while (n < 0 && errno == EINTR);
    l->read_ns = before_ns + (nrs_clock_boot_ns() - before_ns) / 2;
    if (n > 0)
        l->end += (size_t)n;
    return n > 0 ? 1 : n == 0 ? 0 : -errno;
}

int nrs_proc_lines_next(struct nrs_proc_lines *l, const char **line, size_t *len)
{
    for (;;) {
        const char *start = l->buffer + l->begin;
        const char *newline = memchr(start, '\n', l->end - l->begin);
        bool skipped = l->skipping;

        if (!newline) {
            int rc = fill(l);

            if (rc == 0 && !l->skipping && l->begin < l->end) { /* the last one lacks it */
                *line = l->buffer + l->begin;
                *len = l->end - l->begin;
                l->begin = l->end;
                return 1;
            }
            if (rc <= 0)
                return rc;
            continue;
        }
        l->begin += (size_t)(newline - start) + 1;
        l->skipping = false;
        if (skipped)
            continue;
        *line = start;
        *len = (size_t)(newline - start);
        return 1;
    }
}
