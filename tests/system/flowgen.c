/* flowgen: makes a known number of short flows and prints each one, as the truth a flow source is compared with.
 *
 *   flowgen serve ADDRESS                        prints "ready" and serves until it is killed
 *   flowgen run ADDRESS TCP UDP REFUSED RATE     that many flows, RATE a second; one line each: proto lport kind tx rx
 *
 * Every flow has a source port of its own, so that a line names it. A request starts with its own length and that of the
 * answer (4 bytes each, native order: both ends are this program). Kinds: the client closes first, the server closes
 * first, the client aborts, nobody listens, UDP on a connected and on an unconnected socket. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { KIND_CLIENT, KIND_SERVER, KIND_ABORT, KIND_REFUSED, KIND_UDP, KINDS };
enum { SERVER_PORT = 7000, TCP_PORT = 10000, UDP_PORT = 40000, THREADS = 4, SIZE_MAX_TCP = 6000, SIZE_MAX_UDP = 1200 };

static const char *const kind_name[KINDS] = {"client", "server", "abort", "refused", "udp"};
static struct in_addr address;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int n_tcp, n_udp, n_refused, rate, next_flow;
static struct timespec began;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_in at(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = address, .sin_port = htons((uint16_t)port)};
}

static int bound_socket(int type, int port, struct in_addr where)
{
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr = where, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, type, 0), on = 1;
    struct timeval patience = {.tv_sec = 5};

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof self) != 0)
        die("bind");
    return fd;
}

static void write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n <= 0)
            die("write");
        bytes += n;
        len -= (size_t)n;
    }
}

static void read_all(int fd, uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, bytes, len);

        if (n <= 0)
            die("read");
        bytes += n;
        len -= (size_t)n;
    }
}

static void make_request(uint8_t *bytes, uint32_t tx, uint32_t rx)
{
    memset(bytes, 'x', tx);
    memcpy(bytes, &tx, 4);
    memcpy(bytes + 4, &rx, 4);
}

static void serve_one(int fd, int kind)
{
    uint8_t bytes[SIZE_MAX_TCP];
    uint32_t tx, rx;

    read_all(fd, bytes, 8);
    memcpy(&tx, bytes, 4);
    memcpy(&rx, bytes + 4, 4);
    read_all(fd, bytes, tx - 8);
    memset(bytes, 'y', rx);
    write_all(fd, bytes, rx);
    if (kind != KIND_SERVER)
        (void)!read(fd, bytes, 1); /* the client ends it */
    close(fd);
}

static void *serve_tcp(void *arg)
{
    int *listener = arg;

    for (;;) {
        int fd = accept(listener[0], NULL, NULL);

        if (fd >= 0)
            serve_one(fd, listener[1]);
    }
    return NULL;
}

static void *serve_udp(void *arg)
{
    struct in_addr any = {0};
    int fd = bound_socket(SOCK_DGRAM, SERVER_PORT + KIND_UDP, any);

    for (;;) {
        uint8_t bytes[SIZE_MAX_UDP];
        struct sockaddr_in peer;
        socklen_t len = sizeof peer;
        uint32_t rx;

        if (recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&peer, &len) < 8)
            continue;
        memcpy(&rx, bytes + 4, 4);
        sendto(fd, bytes, rx, 0, (struct sockaddr *)&peer, len);
    }
    return arg;
}

static void serve(void)
{
    static int listener[KIND_REFUSED][2];
    struct in_addr any = {0};
    struct timeval forever = {0};
    pthread_t thread;

    for (int kind = 0; kind < KIND_REFUSED; kind++) {
        listener[kind][0] = bound_socket(SOCK_STREAM, SERVER_PORT + kind, any);
        listener[kind][1] = kind;
        setsockopt(listener[kind][0], SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
        if (listen(listener[kind][0], 128) != 0)
            die("listen");
        for (int i = 0; i < THREADS; i++)
            pthread_create(&thread, NULL, serve_tcp, listener[kind]);
    }
    pthread_create(&thread, NULL, serve_udp, NULL);
    printf("ready\n");
    fflush(stdout);
    pause();
}

static void print_flow(const char *proto, int port, int kind, uint32_t tx, uint32_t rx)
{
    printf("%s %d %s %u %u\n", proto, port, kind_name[kind], tx, rx); /* stdio locks */
}

static void run_tcp(int i)
{
    static const struct linger abort_on_close = {1, 0};
    int kind = i % 20 < 9 ? KIND_CLIENT : i % 20 < 18 ? KIND_SERVER : KIND_ABORT; /* 45, 45, 10 % */
    uint32_t tx = 8 + (uint32_t)(i * 37) % 3000, rx = (uint32_t)(i * 101) % 5000;
    struct in_addr any = {0};
    int fd = bound_socket(SOCK_STREAM, TCP_PORT + i, any);
    struct sockaddr_in server = at(SERVER_PORT + kind);
    uint8_t bytes[SIZE_MAX_TCP];

    if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0)
        die("connect");
    make_request(bytes, tx, rx);
    write_all(fd, bytes, tx);
    read_all(fd, bytes, rx);
    if (kind == KIND_SERVER)
        (void)!read(fd, bytes, 1);
    if (kind == KIND_ABORT)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_on_close, sizeof abort_on_close);
    close(fd);
    print_flow("tcp", TCP_PORT + i, kind, tx, rx);
}

static void run_udp(int i)
{
    uint32_t tx = 8 + (uint32_t)(i * 37) % 1000, rx = (uint32_t)(i * 101) % 1000;
    struct in_addr any = {0};
    int fd = bound_socket(SOCK_DGRAM, UDP_PORT + i, any);
    struct sockaddr_in server = at(SERVER_PORT + KIND_UDP);
    uint8_t bytes[SIZE_MAX_UDP];

    make_request(bytes, tx, rx);
    if (i % 2) {
        if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0 || send(fd, bytes, tx, 0) < 0)
            die("udp");
    } else if (sendto(fd, bytes, tx, 0, (struct sockaddr *)&server, sizeof server) < 0) {
        die("udp");
    }
    if (recv(fd, bytes, sizeof bytes, 0) < 0)
        rx = 0;
    close(fd);
    print_flow("udp", UDP_PORT + i, KIND_UDP, tx, rx);
}

static void run_refused(int i)
{
    struct in_addr any = {0};
    int fd = bound_socket(SOCK_STREAM, TCP_PORT + n_tcp + i, any);
    struct sockaddr_in server = at(SERVER_PORT + KIND_REFUSED);

    if (connect(fd, (struct sockaddr *)&server, sizeof server) == 0)
        die("connect to nobody");
    close(fd);
    print_flow("tcp", TCP_PORT + n_tcp + i, KIND_REFUSED, 0, 0);
}

static void wait_for_turn(int i)
{
    int64_t due_ns = (int64_t)i * 1000000000 / rate + began.tv_nsec;
    struct timespec due = {.tv_sec = began.tv_sec + due_ns / 1000000000, .tv_nsec = due_ns % 1000000000};

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

static void *run(void *arg)
{
    for (;;) {
        int i;

        pthread_mutex_lock(&lock);
        i = next_flow++;
        pthread_mutex_unlock(&lock);
        wait_for_turn(i);
        if (i < n_tcp)
            run_tcp(i);
        else if (i < n_tcp + n_udp)
            run_udp(i - n_tcp);
        else if (i < n_tcp + n_udp + n_refused)
            run_refused(i - n_tcp - n_udp);
        else
            return arg;
    }
}

int main(int argc, char **argv)
{
    pthread_t thread[THREADS];

    if (argc < 3 || inet_pton(AF_INET, argv[2], &address) != 1)
        return 2;
    if (strcmp(argv[1], "serve") == 0)
        serve();
    if (argc < 7)
        return 2;
    n_tcp = atoi(argv[3]);
    n_udp = atoi(argv[4]);
    n_refused = atoi(argv[5]);
    rate = atoi(argv[6]);
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, run, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
