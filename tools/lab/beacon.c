/* tools/lab/beacon.c - calls home, sends a request, hears an answer, hangs up, waits */
#include "tools/lab/lab.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int nrs_lab_ready(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n;

    do
        n = poll(&p, 1, NRS_LAB_TIMEOUT_MS);
    while (n < 0 && errno == EINTR);
    return n == 1 ? 0 : -1;
}

uint32_t nrs_lab_wait_ms(const struct nrs_lab_beacon *b, uint64_t *state)
{
    uint32_t part = (uint32_t)((uint64_t)b->every_ms * b->jitter_pct / 100);
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return b->every_ms - part + (uint32_t)((x >> 32) % (2 * (uint64_t)part + 1));
}

static int open_connection(const struct sockaddr_in *to)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err = 0;
    socklen_t len = sizeof(err);

    if (fd < 0)
        return -1;
    if (!connect(fd, (const struct sockaddr *)to, sizeof(*to)))
        return fd;
    if (errno == EINPROGRESS && !nrs_lab_ready(fd, POLLOUT) &&
        !getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) && !err)
        return fd;
    close(fd);
    return -1;
}

static int check_in(const struct nrs_lab_beacon *b)
{
    char request[NRS_LAB_REQUEST], answer[NRS_LAB_ANSWER];
    int fd = open_connection(&b->to), rc = -1;

    if (fd < 0)
        return -1;
    nrs_lab_message(request, sizeof(request), "POST /check-in HTTP/1.1\r\nHost: noroshi-lab");
    if (send(fd, request, sizeof(request), MSG_NOSIGNAL) == (ssize_t)sizeof(request) &&
        !nrs_lab_ready(fd, POLLIN) && recv(fd, answer, sizeof(answer), 0) > 0)
        rc = 0;
    close(fd);
    return rc;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void sleep_ms(uint32_t ms)
{
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&t, &t) && errno == EINTR)
        ;
}

int nrs_lab_beacon_run(const struct nrs_lab_beacon *b)
{
    uint64_t began = now_ms(), state = began << 20 | ((uint64_t)getpid() & 0xFFFFF) | 1;
    bool heard = true, now;

    while (!b->for_s || now_ms() - began < b->for_s * UINT64_C(1000)) {
        now = !check_in(b);
        if (heard && !now)
            fprintf(stderr, "noroshi-lab: %s:%u: no answer, trying on\n", inet_ntoa(b->to.sin_addr),
                    ntohs(b->to.sin_port));
        heard = now;
        sleep_ms(nrs_lab_wait_ms(b, &state));
    }
    return 0;
}
