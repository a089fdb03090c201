#include "platform/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/linux/confine.h"
#include "platform/linux/rights.h"

static void ignore_signals(void)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGPIPE};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_IGN);
}

/* The change of user makes the kernel forget the signal of the parent's death, so it is asked for afterwards;
 * a parent that died before is noticed by its end of the pair. */
static void be_helper(const char *user, void (*prepare)(void *arg), void (*work)(void *arg, int fd),
                      void *arg, int fd)
{
    struct nrs_why why;
    int rc;

    ignore_signals();
    if (prepare != NULL)
        prepare(arg);
    rc = nrs_rights_keep_reading(user, &why);
    if (rc == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        nrs_why(&why, 0, "system call filter refused");
        rc = nrs_seccomp_confine_helper();
    }
    if (rc != 0 && rc != -ENOSYS)
        fprintf(stderr, "noroshi: scanner: rights: %s\n", why.text);
    else
        work(arg, fd);
    _exit(0);
}

int nrs_helper_start(const char *user, void (*prepare)(void *arg), void (*work)(void *arg, int fd), void *arg,
                     struct nrs_why *why)
{
    int pair[2], rc = 0;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -errno;
    signal(SIGCHLD, SIG_IGN); /* its end is seen at the pair; nobody waits for it */
    pid = fork();
    if (pid == 0) {
        close(pair[0]);
        be_helper(user, prepare, work, arg, pair[1]);
    }
    if (pid < 0)
        rc = -errno;
    close(pair[1]);
    if (rc != 0)
        close(pair[0]);
    nrs_why(why, 0, "process %ld", (long)pid);
    return rc != 0 ? rc : pair[0];
}

int nrs_helper_read(int fd, void *message, size_t cap)
{
    ssize_t n = recv(fd, message, cap, MSG_DONTWAIT);

    return n >= 0 ? (int)n : -errno;
}

int nrs_helper_write(int fd, const void *message, size_t len)
{
    return send(fd, message, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ? 0 : -errno;
}

int nrs_helper_wait(int fd, int other_fd, int wait_ms)
{
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = other_fd, .events = POLLIN}};
    int n = poll(p, 2, wait_ms);

    return n > 0 ? 1 : n == 0 || errno == EINTR ? 0 : -errno;
}
