/* tools/lab/serve.c - answers each request and lets the client hang up */
#include "tools/lab/lab.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One request in, one answer out, as late as from another
 * continent; then the client closes, or its time is over. */
static void converse(int fd)
{
    char request[NRS_LAB_REQUEST], answer[NRS_LAB_ANSWER];

    if (nrs_lab_ready(fd, POLLIN) || recv(fd, request, sizeof(request), MSG_DONTWAIT) <= 0)
        return;
    (void)poll(NULL, 0, NRS_LAB_DISTANCE_MS);
    nrs_lab_message(answer, sizeof(answer), "HTTP/1.1 200 OK\r\nServer: noroshi-lab");
    if (send(fd, answer, sizeof(answer), MSG_NOSIGNAL) < 0)
        return;
    while (!nrs_lab_ready(fd, POLLIN) && recv(fd, request, sizeof(request), MSG_DONTWAIT) > 0)
        ;
}

static int listen_at(const struct sockaddr_in *at, struct sockaddr_in *bound)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    socklen_t len = sizeof(*bound);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
        bind(fd, (const struct sockaddr *)at, sizeof(*at)) || listen(fd, 16) ||
        getsockname(fd, (struct sockaddr *)bound, &len)) {
        close(fd);
        return -1;
    }
    return fd;
}

int nrs_lab_serve(const struct sockaddr_in *at)
{
    struct sockaddr_in bound;
    int fd = listen_at(at, &bound), client;

    if (fd < 0) {
        fprintf(stderr, "noroshi-lab: %s:%u: %s\n", inet_ntoa(at->sin_addr), ntohs(at->sin_port),
                strerror(errno));
        return -1;
    }
    printf("serving %s:%u\n", inet_ntoa(bound.sin_addr), ntohs(bound.sin_port));
    fflush(stdout);
    for (;;) {
        client = accept(fd, NULL, NULL);
        if (client < 0 && errno != EINTR && errno != ECONNABORTED) {
            fprintf(stderr, "noroshi-lab: accept: %s\n", strerror(errno));
            close(fd);
            return -1;
        }
        if (client < 0)
            continue;
        converse(client);
        close(client);
    }
}
