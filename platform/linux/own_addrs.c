#include "platform/linux/own_addrs.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "platform/packet/ip.h"

static bool is_one(const char *path)
{
    char first = '0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool one = fd >= 0 && read(fd, &first, 1) == 1 && first == '1';

    if (fd >= 0)
        close(fd);
    return one;
}

bool nrs_machine_forwards(void)
{
    return is_one("/proc/sys/net/ipv4/ip_forward") || is_one("/proc/sys/net/ipv6/conf/all/forwarding");
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct nrs_addr));
}

static bool ask_for_all(int fd)
{
    struct {
        struct nlmsghdr header;
        struct ifaddrmsg body;
    } request = {.header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETADDR,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
                 .body = {.ifa_family = AF_UNSPEC}};

    return send(fd, &request, sizeof request, 0) == (ssize_t)sizeof request;
}

static void add(struct nrs_own_addrs *o, const uint8_t *raw, uint8_t version)
{
    if (o->n == NRS_OWN_ADDRS_MAX)
        o->complete = false;
    else
        nrs_ip_addr(&o->addr[o->n++], raw, version);
}

/* The address in one attribute, NULL if it holds none of that width. */
static const uint8_t *address_in(const struct rtattr *a, size_t width)
{
    bool is_address = a->rta_type == IFA_LOCAL || a->rta_type == IFA_ADDRESS;

    return is_address && a->rta_len >= RTA_LENGTH(width) ? (const uint8_t *)a + RTA_LENGTH(0) : NULL;
}

/* IFA_LOCAL is ours on a point-to-point link, where IFA_ADDRESS is the other end. */
static void add_from(struct nrs_own_addrs *o, const struct nlmsghdr *message)
{
    const struct ifaddrmsg *body = NLMSG_DATA(message);
    uint8_t version = body->ifa_family == AF_INET ? 4 : 6;
    const uint8_t *own = NULL, *at = (const uint8_t *)body + NLMSG_ALIGN(sizeof *body);
    const uint8_t *end = (const uint8_t *)message + message->nlmsg_len;

    if (message->nlmsg_len < NLMSG_LENGTH(sizeof *body) ||
        (body->ifa_family != AF_INET && body->ifa_family != AF_INET6))
        return;
    while (at < end && (size_t)(end - at) >= sizeof(struct rtattr)) {
        const struct rtattr *a = (const struct rtattr *)(const void *)at;
        const uint8_t *found = address_in(a, version == 4 ? 4 : 16);

        if (a->rta_len < sizeof *a || a->rta_len > end - at)
            break;
        if (found && (!own || a->rta_type == IFA_LOCAL))
            own = found;
        at += RTA_ALIGN(a->rta_len);
    }
    if (own)
        add(o, own, version);
}

/* Reads one datagram of the answer; false when it is over. */
static bool read_some(struct nrs_own_addrs *o)
{
    _Alignas(struct nlmsghdr) uint8_t buffer[8192];
    ssize_t got = recv(o->fd, buffer, sizeof buffer, 0);
    uint32_t left;

    if (got <= 0)
        return false;
    left = (uint32_t)got;
    for (struct nlmsghdr *m = (struct nlmsghdr *)(void *)buffer; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
        if (m->nlmsg_type == NLMSG_DONE || m->nlmsg_type == NLMSG_ERROR)
            return false;
        if (m->nlmsg_type == RTM_NEWADDR)
            add_from(o, m);
    }
    return true;
}

void nrs_own_addrs_refresh(struct nrs_own_addrs *o)
{
    if (o->fd < 0 || !ask_for_all(o->fd))
        return;
    o->n = 0;
    o->complete = true;
    while (read_some(o))
        ;
    qsort(o->addr, o->n, sizeof o->addr[0], compare);
}

void nrs_own_addrs_open(struct nrs_own_addrs *o)
{
    struct timeval patience = {.tv_sec = 1};

    o->n = 0;
    o->complete = false;
    o->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (o->fd >= 0)
        (void)setsockopt(o->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    nrs_own_addrs_refresh(o);
}

bool nrs_own_addrs_has(const struct nrs_own_addrs *o, const struct nrs_addr *a)
{
    return !o->complete || bsearch(a, o->addr, o->n, sizeof o->addr[0], compare) != NULL;
}

void nrs_own_addrs_close(struct nrs_own_addrs *o)
{
    if (o->fd >= 0)
        close(o->fd);
    o->fd = -1;
}
