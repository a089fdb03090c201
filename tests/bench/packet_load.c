/* A load for the packet parser: a full table of 4,096 open flows around what is measured.
 *
 * usage: packet_load data|tcp|udp|dns
 * Prints how many, nanoseconds of the clock for each (making the packets included) and the bytes of the table. An
 * instruction counter is pointed at `measured`, so it counts the parser only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "tests/packet_fixture.h"

enum { ROUNDS = 20000 };

static struct nrs_packets *parser;
static uint8_t packet[256];
static uint64_t n_events;
static bool filled;

static void count(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    (void)f;
    (void)name;
    n_events++;
}

static __attribute__((noinline)) void measured(enum nrs_way way, size_t n, uint64_t t_ns)
{
    nrs_packets_take(parser, packet, n, n, t_ns, way, 2, count, NULL);
}

static void send(enum nrs_way way, size_t n, uint64_t t_ns)
{
    if (filled)
        measured(way, n, t_ns);
    else
        nrs_packets_take(parser, packet, n, n, t_ns, way, 2, count, NULL);
}

static void send_tcp(enum nrs_way way, uint16_t port, uint32_t seq, uint32_t ack, uint8_t flags, uint64_t t_ns)
{
    bool out = way == NRS_WAY_OUT;
    size_t n = make_ipv4(packet, NRS_PROTO_TCP, out ? 1 : 2, out ? 2 : 1, 20);

    n += make_tcp(packet + n, out ? port : 443, out ? 443 : port, seq, ack, flags);
    send(way, n, t_ns);
}

static void send_udp(enum nrs_way way, uint16_t port, uint16_t service, size_t payload, uint64_t t_ns)
{
    bool out = way == NRS_WAY_OUT;
    size_t n = make_ipv4(packet, NRS_PROTO_UDP, out ? 1 : 2, out ? 2 : 1, 8 + payload);

    n += make_udp(packet + n, out ? port : service, out ? service : port, payload);
    send(way, n + payload, t_ns);
}

/* One data segment. */
static void data(uint32_t i)
{
    send_tcp(NRS_WAY_OUT, 5000, i, 1, F_ACK, T0);
}

/* A whole connection: SYN, SYN-ACK, FIN, FIN. */
static void tcp_flow(uint32_t i)
{
    uint16_t port = (uint16_t)(10000 + i);
    uint64_t t_ns = T0 + i * 1000000ull;

    send_tcp(NRS_WAY_OUT, port, 1000, 0, F_SYN, t_ns);
    send_tcp(NRS_WAY_IN, port, 9000, 1001, F_SYN | F_ACK, t_ns);
    send_tcp(NRS_WAY_OUT, port, 1101, 9001, F_FIN | F_ACK, t_ns);
    send_tcp(NRS_WAY_IN, port, 9101, 1102, F_FIN | F_ACK, t_ns);
    nrs_packets_expire(parser, t_ns, count, NULL);
}

/* A question and its answer. */
static void udp_exchange(uint32_t i)
{
    send_udp(NRS_WAY_OUT, (uint16_t)(10000 + i), 123, 48, T0 + i);
    send_udp(NRS_WAY_IN, (uint16_t)(10000 + i), 123, 48, T0 + i);
}

/* The same with names: one alias, two addresses. */
static void dns_exchange(uint32_t i)
{
    static const uint8_t answer[] = {
        0,    1,  0x81, 0x80, 0, 1, 0, 3, 0, 0, 0,  0, 3, 'w', 'w',  'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0,  1,
        0,    1,  0xc0, 12,   0, 5, 0, 1, 0, 0, 0, 60, 0, 10,  3,    'c', 'd', 'n', 4, 't', 'e', 's', 't', 0,
        0xc0, 41, 0,    1,    0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2,    7,
        0xc0, 41, 0,    1,    0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2,    8};

    send_udp(NRS_WAY_OUT, (uint16_t)(10000 + i), 53, 29, T0 + i);
    memcpy(packet + 28, answer, sizeof answer);
    send_udp(NRS_WAY_IN, (uint16_t)(10000 + i), 53, sizeof answer, T0 + i);
}

static void fill_table(void)
{
    for (uint32_t i = 0; i < 4096; i++)
        send_udp(NRS_WAY_OUT, (uint16_t)i, 161, 48, T0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*one)(uint32_t);
    } loads[] = {{"data", data}, {"tcp", tcp_flow}, {"udp", udp_exchange}, {"dns", dns_exchange}};
    struct nrs_packets_conf c = {.names = 1, .hash_key = 12345};
    void *mem = malloc(nrs_packets_bytes(&c));

    if (argc != 2 || !mem || nrs_packets_init(&parser, mem, nrs_packets_bytes(&c), &c) != 0)
        return 2;
    fill_table();
    filled = true;
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        uint64_t began_ns;

        if (strcmp(argv[1], loads[i].name) != 0)
            continue;
        began_ns = nrs_clock_boot_ns();
        for (uint32_t n = 0; n < ROUNDS; n++)
            loads[i].one(n);
        printf("%d %llu %zu\n", ROUNDS, (unsigned long long)(nrs_clock_boot_ns() - began_ns) / ROUNDS,
               nrs_packets_bytes(&c));
        free(mem);
        return 0;
    }
    return 2;
}
