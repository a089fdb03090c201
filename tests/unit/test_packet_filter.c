/* Runs the filter in a small interpreter of classic BPF: the kernel's own check of the program is in the system test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "platform/linux/packet_filter.h"
#include "tests/packet_fixture.h"

static struct sock_filter program[NRS_PACKET_FILTER_MAX];
static size_t n_program;
static uint32_t link_type = ARPHRD_ETHER, packet_type = PACKET_OUTGOING, ifindex = 2;

static uint32_t meta(uint32_t offset, const uint8_t *p)
{
    switch (offset - (uint32_t)SKF_AD_OFF) {
    case SKF_AD_HATYPE: return link_type;
    case SKF_AD_PKTTYPE: return packet_type;
    case SKF_AD_IFINDEX: return ifindex;
    case SKF_AD_PROTOCOL: return p[0] >> 4 == 4 ? ETH_P_IP : p[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_ARP;
    default: fail(); return 0;
    }
}

/* How many bytes of the packet the filter keeps. */
static uint32_t run(const uint8_t *p, size_t len)
{
    uint32_t a = 0, x = 0;

    for (size_t i = 0; i < n_program; i++) {
        const struct sock_filter *f = &program[i];
        size_t at = f->k + (BPF_MODE(f->code) == BPF_IND ? x : 0);

        switch (f->code) {
        case BPF_LD | BPF_W | BPF_ABS: a = meta(f->k, p); break;
        case BPF_LD | BPF_H | BPF_ABS:
        case BPF_LD | BPF_H | BPF_IND:
            if (at + 2 > len)
                return 0;
            a = (uint32_t)(p[at] << 8 | p[at + 1]);
            break;
        case BPF_LD | BPF_B | BPF_ABS:
        case BPF_LD | BPF_B | BPF_IND:
            if (at + 1 > len)
                return 0;
            a = p[at];
            break;
        case BPF_LDX | BPF_B | BPF_MSH: x = (p[f->k] & 15u) * 4; break;
        case BPF_LDX | BPF_W | BPF_IMM: x = f->k; break;
        case BPF_JMP | BPF_JEQ | BPF_K: i += a == f->k ? f->jt : f->jf; break;
        case BPF_JMP | BPF_JGT | BPF_K: i += a > f->k ? f->jt : f->jf; break;
        case BPF_JMP | BPF_JSET | BPF_K: i += a & f->k ? f->jt : f->jf; break;
        case BPF_ALU | BPF_AND | BPF_K: a &= f->k; break;
        case BPF_ALU | BPF_RSH | BPF_K: a >>= f->k; break;
        case BPF_ALU | BPF_ADD | BPF_X: a += x; break;
        case BPF_MISC | BPF_TAX: x = a; break;
        case BPF_RET | BPF_K: return f->k;
        default: fail();
        }
    }
    fail();
    return 0;
}

static void build(const uint32_t *ifindexes, size_t n)
{
    n_program = nrs_packet_filter_build(program, ifindexes, n);
    link_type = ARPHRD_ETHER;
    packet_type = PACKET_OUTGOING;
    ifindex = 2;
}

static size_t tcp_packet(uint8_t *p, uint8_t flags, const char *payload, size_t payload_len)
{
    size_t n = make_ipv4(p, NRS_PROTO_TCP, 1, 2, 20 + payload_len);

    n += make_tcp(p + n, 5000, 443, 1, 1, flags);
    memcpy(p + n, payload, payload_len);
    return n + payload_len;
}

static void control_segments_and_client_hellos_pass_and_data_does_not(void **state)
{
    uint8_t p[128];

    (void)state;
    build(NULL, 0);
    assert_int_equal(run(p, tcp_packet(p, F_SYN, "", 0)), 96);
    assert_int_equal(run(p, tcp_packet(p, F_FIN | F_ACK, "", 0)), 96);
    assert_int_equal(run(p, tcp_packet(p, F_RST, "", 0)), 96);
    assert_int_equal(run(p, tcp_packet(p, F_ACK, "", 0)), 0);
    assert_int_equal(run(p, tcp_packet(p, F_ACK, "GET / HTTP", 10)), 0);
    assert_int_equal(run(p, tcp_packet(p, F_ACK, "\x16\x03\x01\x02\x00\x01\x00", 7)), 1600);
    assert_int_equal(run(p, tcp_packet(p, F_ACK, "\x16\x03\x01\x02\x00\x02\x00", 7)), 0); /* ServerHello */
}

static size_t udp_packet(uint8_t *p, uint16_t sport, uint16_t dport, size_t payload, uint8_t first)
{
    size_t n = make_ipv4(p, NRS_PROTO_UDP, 1, 2, 8 + payload);

    n += make_udp(p + n, sport, dport, payload);
    p[n] = first;
    return n + 1;
}

static void quic_bulk_is_dropped_and_other_udp_passes(void **state)
{
    uint8_t p[64];

    (void)state;
    build(NULL, 0);
    assert_int_equal(run(p, udp_packet(p, 53, 5000, 100, 0)), 600);
    assert_int_equal(run(p, udp_packet(p, 5000, 123, 48, 0)), 96);
    assert_int_equal(run(p, udp_packet(p, 5000, 443, 1200, 0xc3)), 96);
    assert_int_equal(run(p, udp_packet(p, 5000, 443, 1200, 0x43)), 0);
    assert_int_equal(run(p, udp_packet(p, 443, 5000, 257, 0x43)), 0);
    assert_int_equal(run(p, udp_packet(p, 443, 5000, 256, 0x43)), 96);
    assert_int_equal(run(p, udp_packet(p, 443, 5000, 0, 0)), 96);
}

static void multicast_broadcast_and_frames_for_others_are_dropped(void **state)
{
    uint8_t p[64];
    size_t n = udp_packet(p, 5000, 5353, 10, 0);

    (void)state;
    build(NULL, 0);
    p[16] = 224;
    assert_int_equal(run(p, n), 0);
    p[16] = 255;
    assert_int_equal(run(p, n), 0);
    p[16] = 223;
    assert_int_equal(run(p, n), 96);
    packet_type = PACKET_HOST;
    assert_int_equal(run(p, n), 96);
    packet_type = PACKET_OTHERHOST;
    assert_int_equal(run(p, n), 0);
    packet_type = PACKET_BROADCAST;
    assert_int_equal(run(p, n), 0);
}

static void ipv6_passes_with_and_without_extension_headers(void **state)
{
    uint8_t p[128] = {0};
    size_t n = make_ipv6(p, NRS_PROTO_TCP, 1, 2, 20);

    (void)state;
    build(NULL, 0);
    n += make_tcp(p + n, 5000, 443, 1, 0, F_SYN);
    assert_int_equal(run(p, n), 96);
    p[24] = 0xff;
    assert_int_equal(run(p, n), 0);
    p[24] = 0x20;
    p[6] = 60;
    assert_int_equal(run(p, n), 192);
    p[6] = 59;
    assert_int_equal(run(p, n), 0);
    p[6] = NRS_PROTO_ICMP6;
    p[40] = 135; /* neighbour solicitation */
    assert_int_equal(run(p, n), 0);
    p[40] = 1;
    assert_int_equal(run(p, n), 192);
}

static void loopback_passes_only_when_named_and_only_once(void **state)
{
    static const uint32_t lo[] = {7, 1};
    uint8_t p[64];
    size_t n = tcp_packet(p, F_SYN, "", 0);

    (void)state;
    build(NULL, 0);
    link_type = ARPHRD_LOOPBACK;
    assert_int_equal(run(p, n), 0);
    build(lo, 2);
    link_type = ARPHRD_LOOPBACK;
    ifindex = 1;
    assert_int_equal(run(p, n), 96);
    packet_type = PACKET_HOST; /* the copy that comes back */
    assert_int_equal(run(p, n), 0);
}

static void only_named_interfaces_pass(void **state)
{
    static const uint32_t eight[] = {3, 4, 5, 6, 7, 8, 9, 10};
    uint8_t p[64];
    size_t n = tcp_packet(p, F_SYN, "", 0);

    (void)state;
    build(eight, 8);
    for (ifindex = 1; ifindex <= 12; ifindex++)
        assert_int_equal(run(p, n), ifindex >= 3 && ifindex <= 10 ? 96 : 0);
}

/* What the filter drops must cause nothing in the parser, or a capture would give other events than the live source. */
static void dropped_unicast_packets_cause_no_event(void **state)
{
    uint64_t seed = 1;
    struct bench b = set_up(&(struct nrs_packets_conf){.max_open = 1024, .names = 1});
    int n_dropped = 0;

    (void)state;
    build(NULL, 0);
    for (int i = 0; i < 20000; i++) {
        static const uint8_t protos[] = {NRS_PROTO_TCP, NRS_PROTO_UDP, NRS_PROTO_ICMP, 47};
        static const uint16_t ports[] = {443, 53, 5000, 123};
        uint8_t p[400];
        size_t n;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        for (size_t k = 0; k < sizeof p; k++)
            p[k] = (uint8_t)(seed >> (k % 8 * 7));
        n = make_ipv4(p, protos[seed >> 20 & 3], 1, 2, 380);
        put16(p + n, ports[seed >> 22 & 3]);
        put16(p + n + 2, ports[seed >> 24 & 3]);
        put16(p + n + 4, seed >> 26 & 1 ? 380 : 100);
        if (seed >> 27 & 1)
            p[n + 12] = 5 << 4;
        if (run(p, sizeof p) > 0)
            continue;
        n_dropped++;
        rec.n = 0;
        take(&b, p, sizeof p, sizeof p);
        assert_int_equal(rec.n, 0);
    }
    assert_true(n_dropped > 1000);
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_segments_and_client_hellos_pass_and_data_does_not),
        cmocka_unit_test(quic_bulk_is_dropped_and_other_udp_passes),
        cmocka_unit_test(multicast_broadcast_and_frames_for_others_are_dropped),
        cmocka_unit_test(ipv6_passes_with_and_without_extension_headers),
        cmocka_unit_test(loopback_passes_only_when_named_and_only_once),
        cmocka_unit_test(only_named_interfaces_pass),
        cmocka_unit_test(dropped_unicast_packets_cause_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
