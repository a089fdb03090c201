#include "platform/recorded/unpack.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define XZ_MEMORY (UINT64_C(256) << 20) /* what xz -9 files need is 65 MiB; more is refused as damaged */

static void moved(struct nrs_unpack_step *s, size_t in_left, size_t out_left)
{
    s->in += s->in_n - in_left;
    s->out += s->out_n - out_left;
    s->in_n = in_left;
    s->out_n = out_left;
}

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
    moved(s, z->avail_in, z->avail_out);
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

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static enum nrs_unpack_result zstd_step(void *state, struct nrs_unpack_step *s)
{
    ZSTD_inBuffer in = {s->in, s->in_n, 0};
    ZSTD_outBuffer out = {s->out, s->out_n, 0};
    size_t rc = ZSTD_decompressStream(state, &out, &in);

    moved(s, s->in_n - in.pos, s->out_n - out.pos);
    if (ZSTD_isError(rc))
        return NRS_UNPACK_BAD;
    return rc == 0 ? NRS_UNPACK_STREAM_END : NRS_UNPACK_MORE;
}

static bool zstd_again(void *state)
{
    return !ZSTD_isError(ZSTD_DCtx_reset(state, ZSTD_reset_session_only));
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(state);
}

static bool xz_again(void *state)
{
    return lzma_stream_decoder(state, XZ_MEMORY, 0) == LZMA_OK;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

static void *xz_open(void)
{
    lzma_stream *x = calloc(1, sizeof *x);

    if (x && !xz_again(x)) {
        free(x);
        x = NULL;
    }
    return x;
}

static enum nrs_unpack_result xz_step(void *state, struct nrs_unpack_step *s)
{
    lzma_stream *x = state;
    lzma_ret rc;

    x->next_in = s->in;
    x->avail_in = s->in_n;
    x->next_out = s->out;
    x->avail_out = s->out_n;
    rc = lzma_code(x, LZMA_RUN);
    moved(s, x->avail_in, x->avail_out);
    if (rc == LZMA_STREAM_END)
        return NRS_UNPACK_STREAM_END;
    return rc == LZMA_OK || rc == LZMA_BUF_ERROR ? NRS_UNPACK_MORE : NRS_UNPACK_BAD;
}

static void *bzip2_open(void)
{
    bz_stream *b = calloc(1, sizeof *b);

    if (b && BZ2_bzDecompressInit(b, 0, 0) != BZ_OK) {
        free(b);
        b = NULL;
    }
    return b;
}

static enum nrs_unpack_result bzip2_step(void *state, struct nrs_unpack_step *s)
{
    bz_stream *b = state;
    int rc;

    b->next_in = (char *)(uintptr_t)s->in;
    b->avail_in = (unsigned)s->in_n;
    b->next_out = (char *)s->out;
    b->avail_out = (unsigned)s->out_n;
    rc = BZ2_bzDecompress(b);
    moved(s, b->avail_in, b->avail_out);
    if (rc == BZ_STREAM_END)
        return NRS_UNPACK_STREAM_END;
    return rc == BZ_OK ? NRS_UNPACK_MORE : NRS_UNPACK_BAD;
}

static bool bzip2_again(void *state)
{
    bz_stream *b = state;

    BZ2_bzDecompressEnd(b);
    *b = (bz_stream){0};
    return BZ2_bzDecompressInit(b, 0, 0) == BZ_OK;
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

static const struct nrs_unpack_kind kinds[] = {
    {"gzip", "\x1f\x8b\x08", 3, gzip_open, gzip_step, gzip_again, gzip_close},
    {"zstd", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_step, zstd_again, zstd_close},
    {"xz",
     "\xfd"
     "7zXZ",
     6, xz_open, xz_step, xz_again, xz_close},
    {"bzip2", "BZh", 3, bzip2_open, bzip2_step, bzip2_again, bzip2_close},
};

const struct nrs_unpack_kind *nrs_unpack_kind_of(const uint8_t *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (n >= kinds[i].magic_n && memcmp(bytes, kinds[i].magic, kinds[i].magic_n) == 0)
            return &kinds[i];
    }
    return NULL;
}
