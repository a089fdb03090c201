/* flowprobe SOURCE [IFACES [POLL_MS [BUF_BYTES]]]: opens a flow source and prints its events until its input ends.
 *
 * Lines: "ready NAME"; one per event: ev proto lport rport dir end flags tx rx dur_ms weight name; at the end
 * "stats events lost errors wakeups cpu_us", the processor time since ready. What is logged goes to standard error. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/flowsrc.h"

static void print_event(void *arg, const struct nrs_flow *f, const char *name)
{
    static const char *const ev[] = {"?", "open", "close", "whole", "snap", "name", "lost"};
    static const char *const dir[] = {"unknown", "out", "in", "local"};
    static const char *const end[] = {"-", "fin", "rst", "refused", "timeout", "unknown"};

    (void)arg;
    printf("%s %u %u %u %s %s %u %llu %llu %u %u %s\n", ev[f->ev], f->proto, f->lport, f->rport, dir[f->dir], end[f->end],
           f->flags, (unsigned long long)f->tx_bytes, (unsigned long long)f->rx_bytes, f->dur_ms, f->weight,
           name ? name : "-");
}

static void print_log(void *arg, int level, const char *message)
{
    (void)arg;
    fprintf(stderr, "%d %s\n", level, message);
}

/* False when standard input has ended. */
static bool wait_for_more(struct nrs_flowsrc *s)
{
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = nrs_flowsrc_fd(s, 0), .events = POLLIN}};
    char byte;

    (void)poll(fds, 2, nrs_flowsrc_wait_ms(s, nrs_clock_boot_ns()));
    return !fds[0].revents || read(STDIN_FILENO, &byte, 1) > 0;
}

static long long cpu_us(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (long long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec +
           used.ru_stime.tv_usec;
}

static void print_stats(const struct nrs_flowsrc *s, long long used_us)
{
    struct nrs_flowsrc_stats st;

    nrs_flowsrc_stats(s, &st);
    printf("stats %llu %llu %llu %llu %lld\n", (unsigned long long)st.events, (unsigned long long)st.lost,
           (unsigned long long)st.errors, (unsigned long long)st.wakeups, used_us);
}

int main(int argc, char **argv)
{
    struct nrs_flowsrc_conf c = {.names = 1, .log = print_log};
    static char buffer[1 << 16];
    struct nrs_flowsrc *s;
    long long began_us;
    bool more = true;

    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    c.order = argc > 1 ? argv[1] : "auto";
    c.ifaces = argc > 2 ? argv[2] : NULL;
    c.poll_ms = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
    c.buf_bytes = argc > 4 ? (uint32_t)atoi(argv[4]) : 0;
    if (nrs_flowsrc_open(&s, &c) != 0)
        return 1;
    if (nrs_flowsrc_wait_ms(s, nrs_clock_boot_ns()) == 0) /* a polled source takes its first look */
        nrs_flowsrc_drain(s, nrs_clock_boot_ns(), 1 << 20, print_event, NULL);
    printf("ready %s\n", nrs_flowsrc_name(s));
    fflush(stdout);
    began_us = cpu_us();
    while (more) {
        more = wait_for_more(s);
        while (nrs_flowsrc_drain(s, nrs_clock_boot_ns(), 256, print_event, NULL) >= 256)
            ;
    }
    print_stats(s, cpu_us() - began_us);
    nrs_flowsrc_close(s);
    return 0;
}
