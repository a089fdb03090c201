/* The packings whose libraries the host has. */
#include "platform/recorded/unpack.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <zstd.h>

#define XZ_MEMORY (UINT64_C(256) << 20) /* what xz -9 files need is 65 MiB; more is refused as damaged */

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static enum nrs_unpack_result zstd_step(void *state, struct nrs_unpack_step *s)
{
    ZSTD_inBuffer in = {s->in, s->in_n, 0};
    ZSTD_outBuffer out = {s->out, s->out_n, 0};
    size_t rc = ZSTD_decompressStream(state, &out, &in);

    nrs_unpack_moved(s, s->in_n - in.pos, s->out_n - out.pos);
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
    nrs_unpack_moved(s, x->avail_in, x->avail_out);
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
    nrs_unpack_moved(s, b->avail_in, b->avail_out);
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

static const struct nrs_unpack_kind zstd = {"zstd",    "\x28\xb5\x2f\xfd", 4,         zstd_open,
                                            zstd_step, zstd_again,         zstd_close};
static const struct nrs_unpack_kind xz = {"xz",
                                          "\xfd"
                                          "7zXZ",
                                          6,
                                          xz_open,
                                          xz_step,
                                          xz_again,
                                          xz_close};
static const struct nrs_unpack_kind bzip2 = {"bzip2",    "BZh",       3,          bzip2_open,
                                             bzip2_step, bzip2_again, bzip2_close};

const struct nrs_unpack_kind *const nrs_unpack_more[] = {&zstd, &xz, &bzip2, NULL};
