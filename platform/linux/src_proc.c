/* The proc source: reads /proc/net/{tcp,tcp6,udp,udp6} every poll_ms; proc_sockets.h says how events come of
 * it.
 *
 * A poll that has more events than one drain may deliver continues at the next drain where it stopped. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/linux/proc_lines.h"
#include "platform/linux/proc_sockets.h"
#include "platform/linux/sources.h"
#include "platform/random.h"

#define NS_PER_MS   1000000ull
#define POLL_MAX_MS 50000u /* later than this a TIME_WAIT may be gone */

enum { N_FILES = 4, N_TCP_FILES = 2, SWEEP = N_FILES, IDLE };

static const char *const files[N_FILES] = {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp",
                                           "/proc/net/udp6"};

struct src_proc {
    struct nrs_flowsrc_conf conf;
    int fd[N_FILES]; /* -1: this kernel has no such file */
    struct nrs_proc_lines lines;
    struct nrs_proc_sockets sockets;
    void *sockets_mem;
    int step; /* the file being read, SWEEP or IDLE */
    uint64_t due_ns;
    struct nrs_flowsrc_stats stats;

    nrs_flow_fn fn; /* during a drain */
    void *arg;
    int n_delivered;
};

static void deliver(void *arg, const struct nrs_flow *f, const char *name)
{
    struct src_proc *s = arg;

    s->n_delivered++;
    s->stats.events++;
    s->fn(s->arg, f, name);
}

/* Goes to this file, or the next one that can be read, or to SWEEP. */
static void go_to_file(struct src_proc *s, int step)
{
    for (s->step = step; s->step < N_FILES; s->step++) {
        if (s->fd[s->step] < 0)
            continue;
        if (nrs_proc_lines_begin(&s->lines, s->fd[s->step]) == 0)
            return;
        s->stats.errors++;
    }
}

static void begin_poll(struct src_proc *s, uint64_t now_ns)
{
    s->due_ns = now_ns + s->conf.poll_ms * NS_PER_MS;
    nrs_proc_sockets_begin(&s->sockets, now_ns);
    go_to_file(s, 0);
}

static void end_poll(struct src_proc *s)
{
    struct nrs_flow f = {.ev = NRS_EV_LOST, .t_ns = s->sockets.poll_ns};

    s->step = IDLE;
    f.weight = nrs_proc_sockets_end(&s->sockets);
    if (!f.weight)
        return;
    s->stats.lost += f.weight;
    nrs_flowsrc_log(&s->conf, 1, "proc: %u sockets lost, the table of %u is full", f.weight,
                    s->conf.max_open);
    deliver(s, &f, NULL);
}

static void read_line(struct src_proc *s)
{
    struct nrs_procnet_socket socket;
    const char *line;
    size_t len;
    int rc = nrs_proc_lines_next(&s->lines, &line, &len);

    if (rc < 0)
        s->stats.errors++;
    if (rc <= 0)
        go_to_file(s, s->step + 1);
    else if (nrs_procnet_line(&socket, line, len))
        nrs_proc_sockets_take(&s->sockets, &socket, s->step < N_TCP_FILES ? NRS_PROTO_TCP : NRS_PROTO_UDP,
                              s->lines.read_ns);
}

static int drain(void *state, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg)
{
    struct src_proc *s = state;

    s->fn = fn;
    s->arg = arg;
    s->n_delivered = 0;
    s->stats.wakeups++;
    if (s->step == IDLE && now_ns >= s->due_ns)
        begin_poll(s, now_ns);
    while (s->step != IDLE && s->n_delivered < max) {
        if (s->step < SWEEP)
            read_line(s);
        else if (!nrs_proc_sockets_sweep(&s->sockets))
            end_poll(s);
    }
    return s->n_delivered;
}

static int wait_ms(const void *state, uint64_t now_ns)
{
    const struct src_proc *s = state;

    if (s->step != IDLE || now_ns >= s->due_ns)
        return 0;
    return (int)((s->due_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static bool names_loopback(const char *ifaces)
{
    for (const char *at = ifaces; *(at += strspn(at, ", ")); at += strcspn(at, ", "))
        if (strcspn(at, ", ") == 2 && memcmp(at, "lo", 2) == 0)
            return true;
    return false;
}

static void close_source(void *state)
{
    struct src_proc *s = state;

    for (int i = 0; i < N_FILES; i++)
        if (s->fd[i] >= 0)
            close(s->fd[i]);
    free(s->sockets_mem);
    free(s);
}

static int open_sockets(struct src_proc *s)
{
    uint64_t hash_key;
    int rc = nrs_random(NULL, (unsigned char *)&hash_key, sizeof hash_key);

    if (rc)
        return rc;
    s->sockets_mem = malloc(nrs_open_flows_bytes(s->conf.max_open));
    if (!s->sockets_mem)
        return -ENOMEM;
    nrs_proc_sockets_init(&s->sockets, s->sockets_mem, s->conf.max_open, hash_key,
                          names_loopback(s->conf.ifaces), (uint32_t)getauxval(AT_CLKTCK),
                          nrs_clock_boot_ns());
    s->sockets.fn = deliver;
    s->sockets.arg = s;
    return 0;
}

static int open_source(void **state, const struct nrs_flowsrc_conf *c, struct nrs_why *why)
{
    struct src_proc *s = calloc(1, sizeof *s);
    int rc = -ENOMEM;

    if (s) {
        s->conf = *c;
        if (s->conf.poll_ms > POLL_MAX_MS)
            s->conf.poll_ms = POLL_MAX_MS;
        s->step = IDLE;
        for (int i = 0; i < N_FILES; i++)
            s->fd[i] = open(files[i], O_RDONLY | O_CLOEXEC);
        rc = s->fd[0] < 0 ? -ENOENT : open_sockets(s);
    }
    if (rc) {
        nrs_why(why, 0, "cannot read %s: %s", files[0], strerror(-rc));
        if (s)
            close_source(s);
        return rc;
    }
    *state = s;
    return 0;
}

static int no_fd(const void *state)
{
    (void)state;
    return -1;
}

static uint8_t coverage(const void *state)
{
    (void)state;
    return NRS_COVER_CLOSER_ONLY;
}

static void stats(const void *state, struct nrs_flowsrc_stats *st)
{
    const struct src_proc *s = state;

    *st = s->stats;
    st->open = nrs_open_flows_count(&s->sockets.known);
}

const struct nrs_flowsrc_ops nrs_src_proc = {
    .name = "proc",
    .note = "routed flows, unconnected UDP, sizes, and short connections that the other side closed are NOT "
            "visible",
    .open = open_source,
    .coverage = coverage,
    .fd = no_fd,
    .wait_ms = wait_ms,
    .drain = drain,
    .stats = stats,
    .close = close_source,
};
