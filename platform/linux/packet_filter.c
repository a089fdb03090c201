/* A table of steps with labels instead of jump distances; build() turns it into the kernel's form. */
#include "platform/linux/packet_filter.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "platform/packet/packet.h"

/* How much of a packet is kept, from the IP header on. */
enum { KEEP_HEADERS = 96, KEEP_ICMP = 192, KEEP_DNS = 600, KEEP_HELLO = 1600 };

enum label { NEXT, LOOPBACK, ANY_LINK, IPV4, IPV6, TCP, UDP, UDP_QUIC, ICMP, ICMP6, HEADERS, QUOTED,
             ANSWER, HELLO, DROP };

struct step {
    uint8_t label; /* of this step; NEXT = none */
    uint16_t code;
    uint32_t k;
    uint8_t yes, no; /* where a jump goes */
};

#define AD(field)          (uint32_t)(SKF_AD_OFF + (field))
#define LOAD_META(field)   BPF_LD | BPF_W | BPF_ABS, AD(field)
#define LOAD_BYTE(at)      BPF_LD | BPF_B | BPF_ABS, at
#define LOAD_HALF(at)      BPF_LD | BPF_H | BPF_ABS, at
#define LOAD_BYTE_X(at)    BPF_LD | BPF_B | BPF_IND, at
#define LOAD_HALF_X(at)    BPF_LD | BPF_H | BPF_IND, at
#define X_IS_IPV4_HEADER   BPF_LDX | BPF_B | BPF_MSH, 0
#define X_IS(n)            BPF_LDX | BPF_W | BPF_IMM, n
#define EQUAL(v)           BPF_JMP | BPF_JEQ | BPF_K, v
#define ABOVE(v)           BPF_JMP | BPF_JGT | BPF_K, v
#define HAS_BIT(mask)      BPF_JMP | BPF_JSET | BPF_K, mask
#define AND(mask)          BPF_ALU | BPF_AND | BPF_K, mask
#define SHIFT_RIGHT(n)     BPF_ALU | BPF_RSH | BPF_K, n
#define ADD_X              BPF_ALU | BPF_ADD | BPF_X, 0
#define X_IS_A             BPF_MISC | BPF_TAX, 0
#define KEEP(n)            BPF_RET | BPF_K, n

static const struct step steps[] = {
    /* what was sent to us or by us; on lo only the copy that leaves */
    {NEXT, LOAD_META(SKF_AD_HATYPE), 0, 0},
    {NEXT, EQUAL(ARPHRD_LOOPBACK), LOOPBACK, NEXT},
    {NEXT, LOAD_META(SKF_AD_PKTTYPE), 0, 0},
    {NEXT, EQUAL(PACKET_HOST), ANY_LINK, NEXT},
    {NEXT, EQUAL(PACKET_OUTGOING), ANY_LINK, DROP},
    {LOOPBACK, LOAD_META(SKF_AD_PKTTYPE), 0, 0},
    {NEXT, EQUAL(PACKET_OUTGOING), ANY_LINK, DROP},
    {ANY_LINK, LOAD_META(SKF_AD_PROTOCOL), 0, 0},
    {NEXT, EQUAL(ETH_P_IP), IPV4, NEXT},
    {NEXT, EQUAL(ETH_P_IPV6), IPV6, DROP},

    {IPV4, LOAD_BYTE(16), 0, 0}, /* destination 224.0.0.0 and up: multicast, broadcast */
    {NEXT, ABOVE(223), DROP, NEXT},
    {NEXT, LOAD_HALF(6), 0, 0}, /* fragment offset */
    {NEXT, HAS_BIT(0x1fff), DROP, NEXT},
    {NEXT, X_IS_IPV4_HEADER, 0, 0},
    {NEXT, LOAD_BYTE(9), 0, 0},
    {NEXT, EQUAL(IPPROTO_TCP), TCP, NEXT},
    {NEXT, EQUAL(IPPROTO_UDP), UDP, NEXT},
    {NEXT, EQUAL(IPPROTO_ICMP), ICMP, DROP},

    {IPV6, LOAD_BYTE(24), 0, 0}, /* destination ff00::/8 */
    {NEXT, EQUAL(0xff), DROP, NEXT},
    {NEXT, X_IS(40), 0, 0},
    {NEXT, LOAD_BYTE(6), 0, 0},
    {NEXT, EQUAL(IPPROTO_TCP), TCP, NEXT},
    {NEXT, EQUAL(IPPROTO_UDP), UDP, NEXT},
    {NEXT, EQUAL(IPPROTO_ICMPV6), ICMP6, NEXT},
    {NEXT, EQUAL(IPPROTO_HOPOPTS), QUOTED, NEXT},
    {NEXT, EQUAL(IPPROTO_ROUTING), QUOTED, NEXT},
    {NEXT, EQUAL(IPPROTO_FRAGMENT), QUOTED, NEXT},
    {NEXT, EQUAL(IPPROTO_DSTOPTS), QUOTED, DROP},

    {TCP, LOAD_BYTE_X(13), 0, 0},
    {NEXT, HAS_BIT(7), HEADERS, NEXT}, /* FIN, SYN, RST */
    {NEXT, LOAD_BYTE_X(12), 0, 0},     /* X = start of the payload */
    {NEXT, AND(0xf0), 0, 0},
    {NEXT, SHIFT_RIGHT(2), 0, 0},
    {NEXT, ADD_X, 0, 0},
    {NEXT, X_IS_A, 0, 0},
    {NEXT, LOAD_HALF_X(0), 0, 0}, /* handshake record, TLS 3.x; reading beyond the end drops */
    {NEXT, EQUAL(0x1603), NEXT, DROP},
    {NEXT, LOAD_BYTE_X(5), 0, 0},
    {NEXT, EQUAL(1), HELLO, DROP},

    {UDP, LOAD_HALF_X(0), 0, 0}, /* source port */
    {NEXT, EQUAL(53), ANSWER, NEXT},
    {NEXT, EQUAL(443), UDP_QUIC, NEXT},
    {NEXT, LOAD_HALF_X(2), 0, 0},
    {NEXT, EQUAL(443), UDP_QUIC, HEADERS},
    {UDP_QUIC, LOAD_HALF_X(4), 0, 0}, /* short header and long: bulk data */
    {NEXT, ABOVE(8 + NRS_QUIC_BULK_BYTES), NEXT, HEADERS},
    {NEXT, LOAD_BYTE_X(8), 0, 0},
    {NEXT, AND(0xc0), 0, 0},
    {NEXT, EQUAL(0x40), DROP, HEADERS},

    {ICMP, LOAD_BYTE_X(0), 0, 0},
    {NEXT, EQUAL(3), QUOTED, NEXT}, /* unreachable */
    {NEXT, EQUAL(8), HEADERS, NEXT},
    {NEXT, EQUAL(0), HEADERS, DROP},
    {ICMP6, LOAD_BYTE_X(0), 0, 0},
    {NEXT, EQUAL(1), QUOTED, NEXT},
    {NEXT, EQUAL(128), HEADERS, NEXT},
    {NEXT, EQUAL(129), HEADERS, DROP},

    {HEADERS, KEEP(KEEP_HEADERS), 0, 0},
    {QUOTED, KEEP(KEEP_ICMP), 0, 0},
    {ANSWER, KEEP(KEEP_DNS), 0, 0},
    {HELLO, KEEP(KEEP_HELLO), 0, 0},
    {DROP, KEEP(0), 0, 0},
};

enum { N_STEPS = sizeof steps / sizeof steps[0] };

_Static_assert(N_STEPS + NRS_PACKET_IFACES_MAX + 3 <= NRS_PACKET_FILTER_MAX, "room for the interfaces");

static size_t distance(size_t from, uint8_t label)
{
    size_t to = from + 1;

    while (label != NEXT && steps[to].label != label)
        to++;
    return to - from - 1;
}

static struct sock_filter instruction(uint16_t code, uint32_t k, size_t yes, size_t no)
{
    return (struct sock_filter){.code = code, .k = k, .jt = (uint8_t)yes, .jf = (uint8_t)no};
}

/* In front of the table: only these interfaces. */
static size_t begin_with_interfaces(struct sock_filter *program, const uint32_t *ifindexes, size_t n_ifaces)
{
    size_t n = 0;

    if (!n_ifaces) {
        program[n++] = instruction(LOAD_META(SKF_AD_HATYPE), 0, 0);
        program[n++] = instruction(EQUAL(ARPHRD_LOOPBACK), 0, 1);
    } else {
        program[n++] = instruction(LOAD_META(SKF_AD_IFINDEX), 0, 0);
        for (size_t i = 0; i < n_ifaces; i++)
            program[n++] = instruction(EQUAL(ifindexes[i]), n_ifaces - i, 0);
    }
    program[n++] = instruction(KEEP(0), 0, 0);
    return n;
}

size_t nrs_packet_filter_build(struct sock_filter program[NRS_PACKET_FILTER_MAX], const uint32_t *ifindexes,
                               size_t n_ifaces)
{
    size_t n = begin_with_interfaces(program, ifindexes, n_ifaces);

    for (size_t i = 0; i < N_STEPS; i++) {
        const struct step *s = &steps[i];
        bool jumps = BPF_CLASS(s->code) == BPF_JMP;

        program[n++] =
            instruction(s->code, s->k, jumps ? distance(i, s->yes) : 0, jumps ? distance(i, s->no) : 0);
    }
    return n;
}
