/* fanotify, FAN_OPEN_EXEC (Linux 5.0). A mark is on a whole file system, so that it holds for every mount of
 * it, also in containers. File systems that are mounted later are not marked. */
#include "platform/execs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "platform/linux/exec_event.h"
#include "platform/linux/proc_lines.h"

const char *const nrs_execs_name = "fanotify";

/* Marks what is mounted. 0, or why nothing could be marked. */
static int mark_mounts(int group, int mounts)
{
    struct nrs_proc_lines lines;
    char path[PATH_MAX];
    const char *line;
    size_t len;
    int rc = nrs_proc_lines_begin(&lines, mounts), err = -ENOENT;

    while (rc == 0 && nrs_proc_lines_next(&lines, &line, &len) == 1) {
        if (!nrs_exec_mount(path, sizeof path, line, len))
            continue;
        if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_EXEC, AT_FDCWD, path) == 0)
            err = 0;
        else if (err != 0)
            err = errno == EINVAL ? -ENOSYS : -errno; /* EINVAL: no such event before Linux 5.0 */
    }
    return rc != 0 ? rc : err;
}

int nrs_execs_open(void)
{
    int group =
        fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_LARGEFILE | O_CLOEXEC);
    int mounts, rc;

    if (group < 0)
        return -errno;
    mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    rc = mounts < 0 ? -errno : mark_mounts(group, mounts);
    if (mounts >= 0)
        close(mounts);
    if (rc != 0)
        close(group);
    return rc != 0 ? rc : group;
}

int nrs_execs_next(int fd, struct nrs_exec *e)
{
    char event[NRS_EXEC_EVENT_BYTES];
    ssize_t n = read(fd, event, sizeof event);
    int rc;

    if (n > 0) {
        rc = nrs_exec_event_read(e, event, (size_t)n);
        return rc != 0 ? rc : 1;
    }
    if (n == 0 || errno == EAGAIN || errno == EINTR)
        return 0;
    if (errno == EBADF || errno == EINVAL || errno == EFAULT)
        return -errno;
    *e = (struct nrs_exec){.fd = -1, .lost = true}; /* taken off the queue, but its
                                                       file could not be opened */
    return 1;
}
