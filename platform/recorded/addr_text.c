#include "platform/recorded/addr_text.h"

#include <string.h>

#include "models/base/hex.h"

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const uint8_t nat64_prefix[12] = {0, 0x64, 0xff, 0x9b};

/* One to three digits without a leading zero. */
static bool read_octet(const char **p, const char *end, uint8_t *octet)
{
    const char *q = *p;
    unsigned value, digit;

    if (q == end || (value = (unsigned)(*q++ - '0')) > 9)
        return false;
    for (; q < end && (digit = (unsigned)(*q - '0')) <= 9; q++) {
        if (value == 0 || value > 25)
            return false;
        value = value * 10 + digit;
    }
    *p = q;
    *octet = (uint8_t)value;
    return value <= 255;
}

static bool read_v4(uint8_t out[4], const char *p, const char *end)
{
    int i;

    for (i = 0; i < 4; i++) {
        if (i > 0 && (p == end || *p++ != '.'))
            return false;
        if (!read_octet(&p, end, &out[i]))
            return false;
    }
    return p == end;
}

/* Up to four hexadecimal digits. Returns how many there were. */
static int read_group(const char **p, const char *end, unsigned *group)
{
    int digits = 0;

    *group = 0;
    while (*p < end && digits < 4 && nrs_hex_value(**p) >= 0) {
        *group = *group << 4 | (unsigned)nrs_hex_value(**p);
        (*p)++;
        digits++;
    }
    return digits;
}

/* The groups after a "::" (at byte `gap` of 16) belong to the end of the address. */
static bool spread_gap(uint8_t out[16], int used, int gap)
{
    if (gap < 0)
        return used == 16;
    if (used == 16)
        return false;
    memmove(out + 16 - (used - gap), out + gap, (size_t)(used - gap));
    memset(out + gap, 0, (size_t)(16 - used));
    return true;
}

static bool read_v6(uint8_t out[16], const char *p, const char *end)
{
    int used = 0, gap = -1;

    if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
        gap = 0;
        p += 2;
    }
    while (p < end) {
        const char *start = p;
        unsigned group;

        if (used == 16 || read_group(&p, end, &group) == 0)
            return false;
        if (p < end && *p == '.') {
            if (used > 12 || !read_v4(out + used, start, end))
                return false;
            used += 4;
            break;
        }
        out[used++] = (uint8_t)(group >> 8);
        out[used++] = (uint8_t)group;
        if (p == end)
            break;
        if (*p++ != ':' || p == end)
            return false;
        if (*p == ':') {
            if (gap >= 0)
                return false;
            gap = used;
            p++;
        }
    }
    return spread_gap(out, used, gap);
}

bool nrs_addr_text(struct nrs_addr *a, const char *text, size_t len)
{
    struct nrs_addr got;

    if (memchr(text, ':', len < 5 ? len : 5)) {
        const char *zone = memchr(text, '%', len); /* fe80::1%eth0: the interface is no part of the address */

        if (zone && zone + 1 < text + len)
            len = (size_t)(zone - text);
        if (!read_v6(got.b, text, text + len))
            return false;
        if (memcmp(got.b, nat64_prefix, 12) == 0)
            memcpy(got.b, v4_prefix, 12);
    } else {
        memcpy(got.b, v4_prefix, 12);
        if (!read_v4(got.b + 12, text, text + len))
            return false;
    }
    *a = got;
    return true;
}

bool nrs_addr_is_v4(const struct nrs_addr *a)
{
    return memcmp(a->b, v4_prefix, sizeof v4_prefix) == 0;
}
