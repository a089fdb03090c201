#include "platform/linux/user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "platform/linux/proc_lines.h"

/* Digits from *at up to `stop`, which is passed over; stop '\0': up to the end. The largest number means
 * "nobody" to the kernel. */
static bool take_id(const char **at, const char *end, char stop, uint32_t *id)
{
    const char *p = *at;
    uint64_t value = 0;

    while (p < end && *p >= '0' && *p <= '9' && value < UINT32_MAX)
        value = value * 10 + (uint64_t)(*p++ - '0');
    if (p == *at || value >= UINT32_MAX || (stop ? p == end || *p++ != stop : p != end))
        return false;
    *at = p;
    *id = (uint32_t)value;
    return true;
}

bool nrs_user_line(const char *line, size_t len, const char *user, uid_t *uid, gid_t *gid)
{
    const char *end = line + len;
    size_t name_len = strlen(user);
    uint32_t u, g;

    if (name_len == 0 || len <= name_len || memcmp(line, user, name_len) != 0 || line[name_len] != ':')
        return false;
    line += name_len + 1;
    line = memchr(line, ':', (size_t)(end - line));
    if (line == NULL)
        return false;
    line++;
    if (!take_id(&line, end, ':', &u) || !take_id(&line, end, ':', &g))
        return false;
    *uid = u;
    *gid = g;
    return true;
}

int nrs_user_find(const char *user, uid_t *uid, gid_t *gid)
{
    const char *at = user;
    struct nrs_proc_lines list;
    const char *line;
    size_t len;
    uint32_t id;
    int fd, rc;

    if (take_id(&at, user + strlen(user), '\0', &id)) {
        *uid = id;
        *gid = id;
        return 0;
    }
    fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    rc = nrs_proc_lines_begin(&list, fd);
    if (rc == 0)
        do
            rc = nrs_proc_lines_next(&list, &line, &len);
        while (rc == 1 && !nrs_user_line(line, len, user, uid, gid));
    close(fd);
    return rc == 1 ? 0 : rc == 0 ? -ENOENT : rc;
}
