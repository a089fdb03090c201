#include "agent/scan/reader.h"

void nrs_reader_open(struct nrs_scan *s, const struct nrs_scan_input *in)
{
    s->in = *in;
    s->n_read = 0;
    s->failed = false;
    s->at = 0;
    s->n_buf = 0;
}

/* How much of what is wanted is in the file and may still be read. */
static uint32_t allowed(const struct nrs_scan *s, uint64_t offset, uint32_t len)
{
    uint64_t left = offset < s->in.size ? s->in.size - offset : 0;

    if (len > NRS_SCAN_PIECE)
        len = NRS_SCAN_PIECE;
    if (len > left)
        len = (uint32_t)left;
    return len <= NRS_SCAN_READ_MAX - s->n_read ? len : NRS_SCAN_READ_MAX - s->n_read;
}

const uint8_t *nrs_reader_some(struct nrs_scan *s, uint64_t offset, uint32_t len, uint32_t *got)
{
    int n;

    if (offset >= s->at && offset - s->at <= s->n_buf && len <= s->n_buf - (offset - s->at)) {
        *got = len;
        return s->buf + (offset - s->at);
    }
    len = allowed(s, offset, len);
    s->at = offset;
    s->n_buf = 0;
    n = len > 0 ? s->in.read(s->in.arg, offset, s->buf, len) : 0;
    if (n < 0 || (uint32_t)n < len)
        s->failed = true;
    if (n > 0)
        s->n_buf = (uint32_t)n < len ? (uint32_t)n : len;
    s->n_read += s->n_buf;
    *got = s->n_buf;
    return s->buf;
}

const uint8_t *nrs_reader_all(struct nrs_scan *s, uint64_t offset, uint32_t len)
{
    uint32_t got;
    const uint8_t *p = nrs_reader_some(s, offset, len, &got);

    return got == len ? p : NULL;
}
