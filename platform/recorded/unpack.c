#include "platform/recorded/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void *gzip_open(void)
{
    z_stream *z = calloc(1, sizeof *z);

    if (z && inflateInit2(z, 15 + 16) != Z_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static enum nrs_unpack_result gzip_step(void *state, struct nrs_unpack_step *s)
{
    z_stream *z = state;
    int rc;

    z->next_in = (Bytef *)(uintptr_t)s->in;
    z->avail_in = (uInt)s->in_n;
    z->next_out = s->out;
    z->avail_out = (uInt)s->out_n;
    rc = inflate(z, Z_NO_FLUSH);
    nrs_unpack_moved(s, z->avail_in, z->avail_out);
    if (rc == Z_STREAM_END)
        return NRS_UNPACK_STREAM_END;
    return rc == Z_OK || rc == Z_BUF_ERROR ? NRS_UNPACK_MORE : NRS_UNPACK_BAD;
}

static bool gzip_again(void *state)
{
    return inflateReset(state) == Z_OK;
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

static const struct nrs_unpack_kind gzip = {"gzip",    "\x1f\x8b\x08", 3,         gzip_open,
                                            gzip_step, gzip_again,     gzip_close};

static bool announces(const uint8_t *bytes, size_t n, const struct nrs_unpack_kind *kind)
{
    return n >= kind->magic_n && memcmp(bytes, kind->magic, kind->magic_n) == 0;
}

const struct nrs_unpack_kind *nrs_unpack_kind_of(const uint8_t *bytes, size_t n)
{
    const struct nrs_unpack_kind *const *more;

    if (announces(bytes, n, &gzip))
        return &gzip;
    for (more = nrs_unpack_more; *more; more++) {
        if (announces(bytes, n, *more))
            return *more;
    }
    return NULL;
}
