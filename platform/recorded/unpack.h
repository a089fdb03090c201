/* platform/recorded/unpack.h - gzip, zstd, xz and bzip2 streams, by their libraries; private to this room
 *
 * A file may hold several streams one after the other. Padding zeroes after the last one are allowed, as the
 * tools themselves do. */
#ifndef NRS_UNPACK_H
#define NRS_UNPACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_UNPACK_READ  65536
#define NRS_UNPACK_MAGIC 6 /* bytes that tell the kinds apart */

struct nrs_unpack_step {
    const uint8_t *in; /* moved forward by a step, as are all four */
    size_t in_n;
    uint8_t *out;
    size_t out_n;
};

enum nrs_unpack_result { NRS_UNPACK_BAD, NRS_UNPACK_MORE, NRS_UNPACK_STREAM_END };

struct nrs_unpack_kind {
    const char *name; /* "gzip" */
    const char *magic;
    uint8_t magic_n;
    void *(*open)(void); /* NULL = no memory */
    enum nrs_unpack_result (*step)(void *state, struct nrs_unpack_step *s);
    bool (*again)(void *state); /* before the next stream; false = no memory */
    void (*close)(void *state);
};

/* The kinds besides gzip, ending with NULL: packings/packings.c, or packings/none where zlib is alone. */
extern const struct nrs_unpack_kind *const nrs_unpack_more[];

/* For a step: the library has left in_left and out_left bytes. */
static inline void nrs_unpack_moved(struct nrs_unpack_step *s, size_t in_left, size_t out_left)
{
    s->in += s->in_n - in_left;
    s->out += s->out_n - out_left;
    s->in_n = in_left;
    s->out_n = out_left;
}

/* The kind that the first n bytes announce, or NULL. */
const struct nrs_unpack_kind *nrs_unpack_kind_of(const uint8_t *bytes, size_t n);

#endif
