/* getrandom(2), and for kernels before 3.17 /dev/random once (it waits for the pool), then /dev/urandom. */
#include "platform/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/random.h>
#include <unistd.h>

/* Reads len bytes from a device; 0 or a negative errno. */
static int read_device(const char *path, unsigned char *buf, size_t len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = 0;

    if (fd < 0)
        return -errno;
    while (len > 0 && rc == 0) {
        ssize_t n = read(fd, buf, len);

        if (n > 0) {
            buf += n;
            len -= (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            rc = n == 0 ? -EIO : -errno;
        }
    }
    close(fd);
    return rc;
}

static int from_devices(unsigned char *buf, size_t len)
{
    static bool pool_filled;
    unsigned char one;

    if (!pool_filled) {
        int rc = read_device("/dev/random", &one, 1);

        if (rc)
            return rc;
        pool_filled = true;
    }
    return read_device("/dev/urandom", buf, len);
}

int nrs_random(void *unused, unsigned char *buf, size_t len)
{
    (void)unused;
    while (len > 0) {
        ssize_t n = getrandom(buf, len, 0);

        if (n > 0) {
            buf += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == ENOSYS) {
            return from_devices(buf, len);
        } else if (n == 0 || errno != EINTR) {
            return n == 0 ? -EIO : -errno;
        }
    }
    return 0;
}
