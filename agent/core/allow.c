#include "agent/core/allow.h"

#include <string.h>

static bool is_v4(const struct nrs_addr *a)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return !memcmp(a->b, mapped, sizeof mapped);
}

/* ::/0 is all of IPv6, not all of IPv4 as well. */
static bool in_net(const struct nrs_allow_rule *r, const struct nrs_addr *a)
{
    unsigned whole = r->prefix / 8, rest = r->prefix % 8;

    if (is_v4(&r->net) != is_v4(a) || memcmp(r->net.b, a->b, whole))
        return false;
    return !rest || (r->net.b[whole] ^ a->b[whole]) >> (8 - rest) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* "example.com" holds itself and what ends in ".example.com". */
static bool in_domain(const char *domain, const char *name)
{
    size_t len = strlen(domain), name_len = strlen(name);
    const char *end;

    if (name_len < len || (name_len > len && name[name_len - len - 1] != '.'))
        return false;
    end = name + name_len - len;
    for (size_t i = 0; i < len; i++)
        if (lower(end[i]) != domain[i])
            return false;
    return true;
}

static bool is_icmp(uint8_t proto)
{
    return proto == NRS_PROTO_ICMP || proto == NRS_PROTO_ICMP6;
}

/* FNV-1a, then the final mix of MurmurHash3 (both public domain). */
uint32_t nrs_process_code(const char *path, uint32_t seed)
{
    uint32_t h = seed ^ 0x811c9dc5u;

    for (; *path; path++)
        h = (h ^ (uint8_t)*path) * 0x01000193u;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    h ^= h >> 16;
    return h > NRS_PROCESS_ANY ? h : h + 3;
}

static bool is_process(const char *path, const struct nrs_allow_dest *d)
{
    return d->process == NRS_PROCESS_ANY || d->process == nrs_process_code(path, d->seed);
}

bool nrs_allow_fits(const struct nrs_allow_rule *r, const struct nrs_allow_dest *d)
{
    if (r->end_day && d->day >= r->end_day)
        return false;
    if (r->port && (r->port != d->port || is_icmp(d->proto))) /* there the field holds type and code */
        return false;
    if (r->proto && r->proto != (is_icmp(d->proto) ? NRS_PROTO_ICMP : d->proto))
        return false;
    if (r->has_net && !in_net(r, d->remote))
        return false;
    if (r->process[0] && !is_process(r->process, d))
        return false;
    return !r->domain[0] || (d->name && in_domain(r->domain, d->name));
}

bool nrs_allow_any(const struct nrs_allow_rule *rules, size_t n, const struct nrs_allow_dest *d)
{
    for (size_t i = 0; i < n; i++)
        if (nrs_allow_fits(&rules[i], d))
            return true;
    return false;
}
