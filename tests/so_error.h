/* tests/so_error.h - whether SO_ERROR of a refused connection is an errno of this target
 *
 * qemu-user hands over the host's number, which on MIPS is another error. Tests of the words for a refused connection are
 * skipped there; cmocka.h comes first. */
#ifndef NRS_TEST_SO_ERROR_H
#define NRS_TEST_SO_ERROR_H
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static inline void skip_if_so_error_is_foreign(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = 0;
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    socklen_t len = sizeof error;

    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0 && errno == EINPROGRESS) {
        poll(&wait, 1, 1000);
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
    }
    close(fd);
    if (error != 0 && error != ECONNREFUSED)
        skip();
}

#endif
