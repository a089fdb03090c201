/* The whole packet parser. Input: a sequence of packets, each
 *   length (2 bytes, little-endian), way (1), milliseconds since the last (2), then so many bytes of packet. */
#include <stdlib.h>
#include <string.h>

#include "platform/packet/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint32_t n_open, n_closed;

static void check(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    n_open += f->ev == NRS_EV_OPEN;
    n_closed += f->ev == NRS_EV_CLOSE;
    if ((f->ev == NRS_EV_NAME) != (name != NULL) || (name && (!*name || strlen(name) > 253)) || f->weight != 1 ||
        n_closed > n_open)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct nrs_packets_conf conf = {.max_open = 16, .names = 1, .hash_key = 1};
    static _Alignas(64) uint8_t mem[4096];
    struct nrs_packets *p;
    uint64_t t_ns = 1000000000;

    if (nrs_packets_init(&p, mem, sizeof mem, &conf) != 0)
        abort();
    n_open = n_closed = 0;
    while (n >= 5) {
        size_t len = (size_t)(data[0] | data[1] << 8);
        uint8_t way = data[2];
        uint8_t *packet;

        t_ns += (uint64_t)(data[3] | data[4] << 8) * 1000000;
        data += 5;
        n -= 5;
        if (len > n)
            len = n;
        packet = malloc(len ? len : 1); /* its own allocation: reading beyond it is found */
        if (!packet)
            abort();
        memcpy(packet, data, len);
        nrs_packets_take(p, packet, len, len + (way & 0x80 ? 1400 : 0), t_ns, (enum nrs_way)(way % 5),
                         way >> 3 & 3, check, NULL);
        free(packet);
        nrs_packets_expire(p, t_ns, check, NULL);
        data += len;
        n -= len;
    }
    nrs_packets_flush(p, t_ns, check, NULL);
    if (n_open != n_closed)
        abort();
    return 0;
}
