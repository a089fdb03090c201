/* Lines of /proc/net/tcp and what is made of them; an empty line ends a poll. */
#include <stdlib.h>
#include <string.h>

#include "platform/linux/proc_sockets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint32_t n_open, n_closed;

static void check(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    n_open += f->ev == NRS_EV_OPEN;
    n_closed += f->ev == NRS_EV_CLOSE;
    if (name || f->weight != 1 || n_closed > n_open)
        abort();
}

static void take_line(struct nrs_proc_sockets *s, const uint8_t *line, size_t len)
{
    char *copy = malloc(len ? len : 1);
    struct nrs_procnet_socket socket;

    if (!copy)
        abort();
    memcpy(copy, line, len);
    if (nrs_procnet_line(&socket, copy, len))
        nrs_proc_sockets_take(s, &socket, socket.uid & 1 ? NRS_PROTO_UDP : NRS_PROTO_TCP, s->poll_ns);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static _Alignas(64) uint8_t mem[4096];
    static struct nrs_proc_sockets s;
    uint64_t now_ns = 100000000000;

    nrs_proc_sockets_init(&s, mem, 16, 1, false, 100, now_ns);
    s.fn = check;
    n_open = n_closed = 0;
    nrs_proc_sockets_begin(&s, now_ns);
    while (n > 0) {
        const uint8_t *newline = memchr(data, '\n', n);
        size_t len = newline ? (size_t)(newline - data) : n;

        if (len > 0) {
            take_line(&s, data, len);
        } else {
            while (nrs_proc_sockets_sweep(&s))
                ;
            (void)nrs_proc_sockets_end(&s);
            now_ns += 30000000000;
            nrs_proc_sockets_begin(&s, now_ns);
        }
        data += len + (newline ? 1 : 0);
        n -= len + (newline ? 1 : 0);
    }
    return 0;
}
