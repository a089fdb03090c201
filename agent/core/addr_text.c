/* Addresses as text: IPv4 dotted, IPv6 as RFC 5952 wants it (lower case, the longest run of zeroes
 * shortened). */
#include <string.h>

#include "models/base/text.h"
#include "agent/core/verdict.h"
#include "models/base/error.h"

static uint32_t group(const struct nrs_addr *a, unsigned i)
{
    return (uint32_t)a->b[2 * i] << 8 | a->b[2 * i + 1];
}

/* First of the longest run of at least two zero groups; its length, or 0. */
static unsigned longest_zero_run(const struct nrs_addr *a, unsigned *first)
{
    unsigned best = 0, run = 0;

    for (unsigned i = 0; i < 8; i++) {
        run = group(a, i) ? 0 : run + 1;
        if (run > best) {
            best = run;
            *first = i + 1 - run;
        }
    }
    return best > 1 ? best : 0;
}

static void write_v6(struct nrs_text *t, const struct nrs_addr *a)
{
    unsigned first = 8, run = longest_zero_run(a, &first);

    for (unsigned i = 0; i < 8; i++) {
        if (run && i == first) {
            nrs_text_raw(t, "::");
            i += run - 1;
            continue;
        }
        if (i && !(run && i == first + run))
            nrs_text_raw(t, ":");
        nrs_text_hex(t, group(a, i));
    }
}

int nrs_addr_write(char *buf, size_t cap, const struct nrs_addr *a)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct nrs_text t;

    nrs_text_init(&t, buf, cap);
    if (memcmp(a->b, mapped, sizeof mapped)) {
        write_v6(&t, a);
    } else {
        for (unsigned i = 12; i < 16; i++) {
            if (i > 12)
                nrs_text_raw(&t, ".");
            nrs_text_u64(&t, a->b[i]);
        }
    }
    return t.full ? NRS_ERR_SPACE : (int)t.len;
}
