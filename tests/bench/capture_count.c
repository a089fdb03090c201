/* Opens the packet source, counts what it tells until the input ends, and prints
 *   "ready", then: flows opened, packets lost, wakeups, microseconds of processor time since ready. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/flowsrc.h"

static uint64_t n_opened;

static void count(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    (void)name;
    n_opened += f->ev == NRS_EV_OPEN;
}

static uint64_t cpu_us(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

int main(void)
{
    struct nrs_flowsrc_conf c = {.order = "packet", .names = 1};
    struct nrs_flowsrc_stats st;
    struct nrs_flowsrc *s;
    uint64_t began_us;
    bool more = true;

    if (nrs_flowsrc_open(&s, &c) != 0)
        return 1;
    printf("ready\n");
    fflush(stdout);
    began_us = cpu_us();
    while (more) {
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = nrs_flowsrc_fd(s, 0), .events = POLLIN}};

        (void)poll(fds, 2, nrs_flowsrc_wait_ms(s, nrs_clock_boot_ns()));
        more = !fds[0].revents;
        while (nrs_flowsrc_drain(s, nrs_clock_boot_ns(), 256, count, NULL) >= 256)
            ;
    }
    nrs_flowsrc_stats(s, &st);
    printf("%llu %llu %llu %llu\n", (unsigned long long)n_opened, (unsigned long long)st.lost,
           (unsigned long long)st.wakeups, (unsigned long long)(cpu_us() - began_us));
    nrs_flowsrc_close(s);
    return 0;
}
