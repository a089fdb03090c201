/* tests/packet_fixture.h - hand-made packets, and a recorder for the events they cause */
#ifndef NRS_PACKET_FIXTURE_H
#define NRS_PACKET_FIXTURE_H
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/packet/packet.h"

#define SECOND 1000000000ull
#define T0     (1000 * SECOND)

enum { F_FIN = 1, F_SYN = 2, F_RST = 4, F_ACK = 16, N_EVENTS = 4096 };

struct recorder {
    struct nrs_flow f[N_EVENTS];
    char name[N_EVENTS][254];
    int n;
};

static struct recorder rec;

static inline void record(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    if (rec.n == N_EVENTS)
        abort();
    rec.f[rec.n] = *f;
    rec.name[rec.n][0] = 0;
    if (name)
        memcpy(rec.name[rec.n], name, strlen(name) + 1);
    rec.n++;
}

static inline int count_events(uint8_t ev)
{
    int n = 0;

    for (int i = 0; i < rec.n; i++)
        n += rec.f[i].ev == ev;
    return n;
}

static inline const struct nrs_flow *last_event(uint8_t ev)
{
    for (int i = rec.n; i-- > 0;)
        if (rec.f[i].ev == ev)
            return &rec.f[i];
    return NULL;
}

static inline void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

/* Addresses are 10.0.0.<last byte>. */
static inline size_t make_ipv4(uint8_t *p, uint8_t proto, uint8_t src, uint8_t dst, size_t body)
{
    static const uint8_t header[20] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0};

    memcpy(p, header, 20);
    put16(p + 2, (uint32_t)(20 + body));
    p[9] = proto;
    p[15] = src;
    p[19] = dst;
    return 20;
}

/* Addresses are 2001:db8::<last byte>. */
static inline size_t make_ipv6(uint8_t *p, uint8_t next, uint8_t src, uint8_t dst, size_t body)
{
    memset(p, 0, 40);
    p[0] = 0x60;
    put16(p + 4, (uint32_t)body);
    p[6] = next;
    p[7] = 64;
    memcpy(p + 8, "\x20\x01\x0d\xb8", 4);
    memcpy(p + 24, "\x20\x01\x0d\xb8", 4);
    p[23] = src;
    p[39] = dst;
    return 40;
}

static inline size_t make_tcp(uint8_t *p, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack, uint8_t flags)
{
    memset(p, 0, 20);
    put16(p, sport);
    put16(p + 2, dport);
    put32(p + 4, seq);
    put32(p + 8, ack);
    p[12] = 5 << 4;
    p[13] = flags;
    return 20;
}

static inline size_t make_udp(uint8_t *p, uint16_t sport, uint16_t dport, size_t payload)
{
    put16(p, sport);
    put16(p + 2, dport);
    put16(p + 4, (uint32_t)(8 + payload));
    put16(p + 6, 0);
    return 8;
}

/* One parser for one test. */
struct bench {
    struct nrs_packets *p;
    void *mem;
    uint64_t t_ns;
    enum nrs_way way;
    uint32_t ifindex;
};

static inline struct bench set_up(const struct nrs_packets_conf *c)
{
    struct bench b = {.t_ns = T0, .ifindex = 2};

    rec.n = 0;
    b.mem = malloc(nrs_packets_bytes(c));
    if (!b.mem || nrs_packets_init(&b.p, b.mem, nrs_packets_bytes(c), c) != 0)
        abort();
    return b;
}

static inline void tear_down(struct bench *b)
{
    free(b->mem);
}

/* The packet is copied to an allocation of exactly its size, so that reading beyond it is found. */
static inline void take(struct bench *b, const uint8_t *packet, size_t cap_len, size_t wire_len)
{
    uint8_t *copy = malloc(cap_len ? cap_len : 1);

    if (!copy)
        abort();
    memcpy(copy, packet, cap_len);
    nrs_packets_take(b->p, copy, cap_len, wire_len, b->t_ns, b->way, b->ifindex, record, NULL);
    free(copy);
}

/* TCP with `payload` bytes on the wire of which none is captured. */
static inline void tcp(struct bench *b, uint8_t src, uint16_t sport, uint8_t dst, uint16_t dport, uint32_t seq,
                       uint32_t ack, uint8_t flags, size_t payload)
{
    uint8_t p[40];
    size_t n = make_ipv4(p, NRS_PROTO_TCP, src, dst, 20 + payload);

    n += make_tcp(p + n, sport, dport, seq, ack, flags);
    take(b, p, n, n + payload);
}

static inline void udp(struct bench *b, uint8_t src, uint16_t sport, uint8_t dst, uint16_t dport, size_t payload)
{
    uint8_t p[32] = {0};
    size_t n = make_ipv4(p, NRS_PROTO_UDP, src, dst, 8 + payload);

    n += make_udp(p + n, sport, dport, payload);
    take(b, p, n + (payload ? 1 : 0), n + payload);
}

static inline void later(struct bench *b, uint64_t ns)
{
    b->t_ns += ns;
}

static inline void expire(struct bench *b)
{
    nrs_packets_expire(b->p, b->t_ns, record, NULL);
}

#endif
