/* line     ::= blanks slot ":" " " end " " end " " state " " queues " " timer " " retransmits blanks uid
 * [blanks timeout " " inode rest] end      ::= address ":" port      address: 8 or 32 hexadecimal digits,
 * each 8 one word as it lies in memory queues   ::= hex ":" hex           timer ::= kind ":" hex */
#include "platform/linux/procnet.h"

#include <string.h>

#include "models/base/hex.h"
#include "platform/packet/ip.h"

struct text {
    const char *at, *end;
};

/* Reads min..max hexadecimal digits; only the low 32 bits are kept. */
static bool read_hex(struct text *t, int min, int max, uint32_t *v)
{
    int n = 0;

    *v = 0;
    while (t->at < t->end && n < max && nrs_hex_value(*t->at) >= 0) {
        *v = *v << 4 | (uint32_t)nrs_hex_value(*t->at++);
        n++;
    }
    return n >= min;
}

static bool read_decimal(struct text *t, uint32_t *v)
{
    uint64_t sum = 0;
    const char *begin = t->at;

    while (t->at < t->end && *t->at >= '0' && *t->at <= '9' && sum <= UINT32_MAX)
        sum = sum * 10 + (uint64_t)(*t->at++ - '0');
    *v = (uint32_t)sum;
    return t->at > begin && sum <= UINT32_MAX;
}

static bool expect(struct text *t, char c)
{
    if (t->at >= t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static void skip_blanks(struct text *t)
{
    while (t->at < t->end && *t->at == ' ')
        t->at++;
}

/* The kernel prints each word of the address as a number of its own byte order: copying that number's bytes
 * gives the address in network order on every machine. */
static bool read_end(struct text *t, struct nrs_addr *a, uint16_t *port)
{
    uint32_t word[4], value;
    int n_words = 0;

    while (n_words < 4 && read_hex(t, 8, 8, &word[n_words]))
        n_words++;
    if ((n_words != 1 && n_words != 4) || !expect(t, ':') || !read_hex(t, 4, 4, &value))
        return false;
    nrs_ip_addr(a, (const uint8_t *)word, n_words == 1 ? 4 : 6);
    *port = (uint16_t)value;
    return true;
}

bool nrs_procnet_line(struct nrs_procnet_socket *s, const char *line, size_t len)
{
    struct text t = {line, line + len};
    struct nrs_procnet_socket found;
    uint32_t slot, state, queue, timer, timeout;

    memset(&found, 0, sizeof found);
    skip_blanks(&t);
    if (!read_decimal(&t, &slot) || !expect(&t, ':') || !expect(&t, ' ') ||
        !read_end(&t, &found.local, &found.lport) || !expect(&t, ' ') ||
        !read_end(&t, &found.remote, &found.rport) || !expect(&t, ' ') || !read_hex(&t, 2, 2, &state) ||
        !expect(&t, ' '))
        return false;
    if (!read_hex(&t, 8, 8, &queue) || !expect(&t, ':') || !read_hex(&t, 8, 8, &queue) || !expect(&t, ' ') ||
        !read_hex(&t, 2, 2, &timer) || !expect(&t, ':') || !read_hex(&t, 8, 16, &found.when_ticks) ||
        !expect(&t, ' ') || !read_hex(&t, 8, 8, &queue))
        return false;
    skip_blanks(&t);
    if (!read_decimal(&t, &found.uid))
        return false;
    found.state = (uint8_t)state;
    found.timer = (uint8_t)timer;
    if (found.state == NRS_PROCNET_TIME_WAIT)
        found.uid = NRS_ID_UNKNOWN;
    skip_blanks(&t);
    if (!read_decimal(&t, &timeout) || !expect(&t, ' ') || !read_decimal(&t, &found.inode))
        found.inode = 0;
    *s = found;
    return true;
}
