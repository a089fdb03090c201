/* The packet source: a cooked packet socket on all interfaces, filtered in the kernel, read through a mapped
 * ring.
 *
 * The socket is bound to no interface, so that interfaces may come, go down and come back. Named interfaces
 * are picked by the filter, which is renewed when their numbers change. The kernel says which way a packet
 * goes (PACKET_OUTGOING).
 *
 * On a machine that forwards, a packet between two foreign addresses is routed. A named interface is taken
 * for an inner one: a packet that enters there comes from an inner host, and a packet that leaves there goes
 * to one. On every other interface a routed packet is left out, because with address translation the same
 * flow is seen as our own on the way out. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/linux/own_addrs.h"
#include "platform/linux/packet_filter.h"
#include "platform/linux/packet_ring.h"
#include "platform/linux/sources.h"
#include "platform/packet/ip.h"
#include "platform/packet/packet.h"
#include "platform/random.h"

#define HOUSEKEEPING_NS NRS_NS_PER_S        /* loss counter */
#define LOOK_AROUND_NS (10 * NRS_NS_PER_S)  /* interfaces and addresses */
#define LOSS_LOG_NS (60 * NRS_NS_PER_S)
#define LOSS_MEMORY_NS (600 * NRS_NS_PER_S) /* coverage stays lossy this long after a loss */
#define STAMP_SLACK_NS (10 * NRS_NS_PER_S)  /* a stamp further from now: the wall clock jumped */
#define CACHE_LINE 64                       /* an entry of the table of packets is one */

struct src_packet {
    struct nrs_flowsrc_conf conf;
    int fd;
    struct nrs_packet_ring ring;
    struct nrs_packets *packets;
    void *packets_mem; /* as malloc gave it; the table begins at the first cache line in it */
    struct nrs_own_addrs own;
    bool forwards;

    uint32_t ifindex[NRS_PACKET_IFACES_MAX];
    size_t n_ifaces;

    uint64_t housekeeping_ns, look_around_ns, loss_log_ns, lossy_until_ns; /* when due, when over */
    uint64_t lost_unlogged;
    struct nrs_flowsrc_stats stats;

    nrs_flow_fn fn; /* during a drain */
    void *arg;
    int n_delivered;
};

static int failed(int error, struct nrs_why *why)
{
    if (error == EPERM || error == EACCES)
        nrs_why(why, 0, "no permission (needs CAP_NET_RAW)");
    else if (error == EAFNOSUPPORT || error == EPROTONOSUPPORT)
        nrs_why(why, 0, "this kernel has no packet sockets");
    else if (error == ENOSYS)
        nrs_why(why, 0, "this kernel has no packet ring (needs 3.2)");
    else
        nrs_why(why, 0, "%s", strerror(error));
    return error == EACCES ? -EPERM : error == EAFNOSUPPORT ? -EPROTONOSUPPORT : -error;
}

/* The numbers of the named interfaces that exist now. Returns whether anything changed. */
static bool find_interfaces(struct src_packet *s)
{
    uint32_t found[NRS_PACKET_IFACES_MAX] = {0};
    const char *at = s->conf.ifaces;
    size_t n = 0;
    bool changed;

    while (*(at += strspn(at, ", ")) && n < NRS_PACKET_IFACES_MAX) {
        size_t len = strcspn(at, ", ");
        struct ifreq request = {0};

        if (len < sizeof request.ifr_name) {
            memcpy(request.ifr_name, at, len);
            if (ioctl(s->fd, SIOCGIFINDEX, &request) == 0)
                found[n++] = (uint32_t)request.ifr_ifindex;
        }
        at += len;
    }
    changed = n != s->n_ifaces || memcmp(found, s->ifindex, sizeof found) != 0;
    memcpy(s->ifindex, found, sizeof found);
    s->n_ifaces = n;
    return changed;
}

static bool names_interfaces(const struct src_packet *s)
{
    return *s->conf.ifaces != 0;
}

static int attach_filter(struct src_packet *s)
{
    static const uint32_t none_exists[1] = {0};
    struct sock_filter program[NRS_PACKET_FILTER_MAX];
    bool none = names_interfaces(s) && s->n_ifaces == 0;
    size_t n = nrs_packet_filter_build(program, none ? none_exists : s->ifindex, none ? 1 : s->n_ifaces);
    struct sock_fprog filter = {.len = (unsigned short)n, .filter = program};

    if (none)
        nrs_flowsrc_log(&s->conf, 1, "packet: none of the interfaces \"%s\" exists now", s->conf.ifaces);
    return setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0 ? 0 : -errno;
}

/* The filter comes before bind, or unfiltered packets queue up in between. */
static int open_socket(struct src_packet *s)
{
    struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    int rc;

    s->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->fd < 0)
        return -errno;
    (void)find_interfaces(s);
    rc = attach_filter(s);
    if (rc == 0)
        rc = nrs_packet_ring_open(&s->ring, s->fd, s->conf.buf_bytes);
    if (rc == 0 && bind(s->fd, (struct sockaddr *)&all, sizeof all) != 0)
        rc = -errno;
    return rc;
}

static int open_parser(struct src_packet *s)
{
    struct nrs_packets_conf c = {.max_open = s->conf.max_open, .names = s->conf.names};
    size_t bytes = nrs_packets_bytes(&c), to_line;
    int rc = nrs_random(NULL, (unsigned char *)&c.hash_key, sizeof c.hash_key);

    if (rc)
        return rc;
    s->packets_mem = malloc(bytes + CACHE_LINE - 1); /* aligned_alloc would have no other caller */
    if (s->packets_mem == NULL)
        return -ENOMEM;
    to_line = -(uintptr_t)s->packets_mem & (CACHE_LINE - 1);
    return nrs_packets_init(&s->packets, (uint8_t *)s->packets_mem + to_line, bytes, &c);
}

static void close_source(void *state)
{
    struct src_packet *s = state;

    nrs_packet_ring_close(&s->ring);
    nrs_own_addrs_close(&s->own);
    if (s->fd >= 0)
        close(s->fd);
    free(s->packets_mem);
    free(s);
}

static int open_source(void **state, const struct nrs_flowsrc_conf *c, struct nrs_why *why)
{
    struct src_packet *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return failed(ENOMEM, why);
    s->conf = *c;
    s->fd = s->own.fd = -1;
    rc = open_socket(s);
    if (rc == 0)
        rc = open_parser(s);
    if (rc) {
        close_source(s);
        return failed(-rc, why);
    }
    s->forwards = nrs_machine_forwards();
    if (s->forwards)
        nrs_own_addrs_open(&s->own);
    if (s->forwards && !names_interfaces(s))
        nrs_flowsrc_log(&s->conf, 2,
                        "packet: this machine routes; routed flows are followed on named interfaces only");
    *state = s;
    return 0;
}

/* Which way the packet goes; false if it is not to be followed. */
static bool way_of(const struct src_packet *s, const struct nrs_ring_packet *packet, enum nrs_way *way)
{
    const uint8_t *ip = packet->ip;
    uint8_t version = packet->cap_len ? ip[0] >> 4 : 0;
    size_t width = version == 4 ? 4 : 16, src_at = version == 4 ? 12 : 8;
    struct nrs_addr near_end;

    *way = packet->outgoing ? NRS_WAY_OUT : NRS_WAY_IN;
    if (!s->forwards || packet->cap_len < src_at + 2 * width)
        return true;
    nrs_ip_addr(&near_end, ip + src_at + (packet->outgoing ? 0 : width), version);
    if (nrs_own_addrs_has(&s->own, &near_end))
        return true;
    *way = packet->outgoing ? NRS_WAY_FORWARD_IN : NRS_WAY_FORWARD_OUT;
    return names_interfaces(s);
}

static void deliver(void *arg, const struct nrs_flow *f, const char *name)
{
    struct src_packet *s = arg;

    s->n_delivered++;
    s->stats.events++;
    s->fn(s->arg, f, name);
}

/* Packets carry wall-clock stamps; the offset to boot time is taken anew at every drain. */
static uint64_t boot_time(uint64_t wall_ns, uint64_t wall_to_boot_ns, uint64_t now_ns)
{
    uint64_t t_ns = wall_ns + wall_to_boot_ns; /* may wrap on the way; the sum is right */

    return t_ns > now_ns || now_ns - t_ns > STAMP_SLACK_NS ? now_ns : t_ns;
}

static void take_packets(struct src_packet *s, uint64_t now_ns, int max)
{
    uint64_t wall_to_boot_ns = nrs_clock_boot_ns() - nrs_clock_wall_ns();
    struct nrs_ring_packet packet;
    enum nrs_way way;

    while (s->n_delivered < max && nrs_packet_ring_next(&s->ring, &packet))
        if (way_of(s, &packet, &way))
            nrs_packets_take(s->packets, packet.ip, packet.cap_len, packet.wire_len,
                             boot_time(packet.wall_ns, wall_to_boot_ns, now_ns), way, packet.ifindex, deliver,
                             s);
}

static void report_loss(struct src_packet *s, uint64_t now_ns, uint32_t n)
{
    struct nrs_flow f = {.ev = NRS_EV_LOST, .t_ns = now_ns, .weight = n};

    s->stats.lost += n;
    s->lost_unlogged += n;
    s->lossy_until_ns = now_ns + LOSS_MEMORY_NS;
    deliver(s, &f, NULL);
}

static void look_for_loss(struct src_packet *s, uint64_t now_ns)
{
    struct tpacket_stats_v3 since_last = {0};
    socklen_t len = sizeof since_last;

    if (getsockopt(s->fd, SOL_PACKET, PACKET_STATISTICS, &since_last, &len) != 0)
        s->stats.errors++;
    else if (since_last.tp_drops)
        report_loss(s, now_ns, since_last.tp_drops);
    if (s->lost_unlogged && now_ns >= s->loss_log_ns) {
        nrs_flowsrc_log(
            &s->conf, 1, "packet: lost %llu packets (ring of %u bytes is too small, or we were too slow)",
            (unsigned long long)s->lost_unlogged, (unsigned)(s->ring.block_bytes * s->ring.n_blocks));
        s->lost_unlogged = 0;
        s->loss_log_ns = now_ns + LOSS_LOG_NS;
    }
}

/* Pending socket errors (an interface went down) would keep poll awake; reading them clears them. */
static void clear_socket_error(struct src_packet *s)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error)
        s->stats.errors++;
}

static void look_around(struct src_packet *s)
{
    if (s->forwards)
        nrs_own_addrs_refresh(&s->own);
    if (names_interfaces(s) && find_interfaces(s) && attach_filter(s) != 0)
        s->stats.errors++;
}

static void keep_house(struct src_packet *s, uint64_t now_ns)
{
    nrs_packets_expire(s->packets, now_ns, deliver, s);
    if (now_ns >= s->housekeeping_ns) {
        s->housekeeping_ns = now_ns + HOUSEKEEPING_NS;
        clear_socket_error(s);
        look_for_loss(s, now_ns);
    }
    if (now_ns >= s->look_around_ns) {
        s->look_around_ns = now_ns + LOOK_AROUND_NS;
        look_around(s);
    }
}

static int drain(void *state, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg)
{
    struct src_packet *s = state;

    s->fn = fn;
    s->arg = arg;
    s->n_delivered = 0;
    s->stats.wakeups++;
    take_packets(s, now_ns, max);
    keep_house(s, now_ns);
    return s->n_delivered;
}

static int wait_ms(const void *state, uint64_t now_ns)
{
    const struct src_packet *s = state;

    (void)now_ns;
    return nrs_packet_ring_pending(&s->ring) ? 0 : 1000;
}

static int readable_fd(const void *state)
{
    return ((const struct src_packet *)state)->fd;
}

static uint8_t coverage(const void *state)
{
    const struct src_packet *s = state;

    return nrs_clock_boot_ns() < s->lossy_until_ns ? NRS_COVER_LOSSY : NRS_COVER_FULL;
}

static void stats(const void *state, struct nrs_flowsrc_stats *st)
{
    const struct src_packet *s = state;
    struct nrs_packets_stats packets;

    nrs_packets_stats(s->packets, &packets);
    *st = s->stats;
    st->open = packets.open;
    st->open_evicted = packets.evicted > UINT32_MAX ? UINT32_MAX : (uint32_t)packets.evicted;
}

const struct nrs_flowsrc_ops nrs_src_packet = {
    .name = "packet",
    .note = "sees every flow; not: inside tunnels, later QUIC sizes, routed flows unless inner interfaces "
            "are named",
    .open = open_source,
    .coverage = coverage,
    .fd = readable_fd,
    .wait_ms = wait_ms,
    .drain = drain,
    .stats = stats,
    .close = close_source,
};
