/* Fuzzer's bytes as a recorded file, read to its end; an in-memory file stands in for the disk. */
#ifndef RECORDED_BYTES_H
#define RECORDED_BYTES_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/recorded/recorded.h"

#define BYTES_MAX 1048576

static inline void take_flow(void *arg, const struct nrs_flow *f, const char *name)
{
    uint64_t *sum = arg;

    if (f->weight == 0 || f->ev < NRS_EV_OPEN || f->ev > NRS_EV_LOST)
        abort();
    *sum += f->t_ns + (name ? strlen(name) : 0);
}

static inline void take_message(void *arg, const char *msg)
{
    *(uint64_t *)arg += strlen(msg);
}

static inline void read_recorded_bytes(const uint8_t *data, size_t n)
{
    struct nrs_recorded *r;
    uint64_t sum = 0;
    const struct nrs_recorded_conf conf = {.log = take_message, .log_arg = &sum};
    char why[NRS_RECORDED_WHY];
    char path[32];
    int fd;

    if (n > BYTES_MAX)
        return;
    fd = memfd_create("input", 0);
    if (fd < 0 || write(fd, data, n) != (ssize_t)n)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (nrs_recorded_open(&r, path, &conf, why) == 0) {
        while (nrs_recorded_drain(r, 7, take_flow, &sum) > 0)
            ;
        nrs_recorded_close(r);
    }
    close(fd);
}

#endif
