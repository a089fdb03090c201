/* The first byte says how large the pieces are; whatever the pieces, the outcome is the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/net/http_reply.h"

static int feed(struct nrs_http_reply *r, const uint8_t *data, size_t n, size_t piece)
{
    size_t at = 0;
    int rc = 0;

    nrs_http_reply_init(r, false);
    while (at < n && !r->done && rc >= 0) {
        rc = nrs_http_reply_feed(r, data + at, n - at < piece ? n - at : piece);
        at += rc > 0 ? (size_t)rc : 0;
    }
    return rc < 0 ? rc : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct nrs_http_reply a, b;

    if (n == 0)
        return 0;
    if (feed(&a, data + 1, n - 1, n) != feed(&b, data + 1, n - 1, 1u + data[0]))
        abort();
    if (a.done != b.done || a.status != b.status || a.body_len != b.body_len ||
        memcmp(a.body, b.body, a.body_len) != 0)
        abort();
    nrs_http_reply_end(&a);
    return 0;
}
