/* platform/recorded/input.h - a file or a pipe, plain or packed, as one run of bytes
 *
 * Packed with gzip, zstd, xz or bzip2 (unpack.h). A UTF-8 byte order mark at the beginning is passed over.
 * Memory: one buffer of NRS_INPUT_RUN + NRS_INPUT_READ bytes; packed, 64 KiB more and what the library needs.
 * Limits: at most NRS_INPUT_RUN bytes can be asked for in one piece; a longer line is skipped and said so.
 * Errors: reading stops at the first one and `error` keeps it: a negative errno, -EBADMSG for packed data
 *         that does not unpack. Everything before it is still delivered. A packed stream that ends too early
 *         is not an error, but `cut` says so. */
#ifndef NRS_INPUT_H
#define NRS_INPUT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NRS_INPUT_RUN  65536
#define NRS_INPUT_READ 262144

struct nrs_unpacker; /* input.c's own */

struct nrs_input {
    int fd;
    bool ended; /* nothing more will be put into the buffer */
    bool cut;   /* the file ended inside the packed data */
    int error;  /* what ended it early, 0 = nothing */
    uint8_t *buf;
    size_t at, end;        /* buf[at..end) is not yet consumed */
    uint64_t bytes_done;   /* read from the file as it lies on disk */
    uint64_t bytes_total;  /* 0 = not a regular file */
    struct nrs_unpacker *unpacker; /* NULL = plain */
};

/* path "-" is standard input. Returns 0 or a negative errno. */
int nrs_input_open(struct nrs_input *in, const char *path);

/* Makes n (at most NRS_INPUT_RUN) bytes available at buf + at, fewer only at the end of the input. Returns
 * how many there are. */
size_t nrs_input_need(struct nrs_input *in, size_t n);

/* Passes over n bytes. False if the input ended first. */
bool nrs_input_skip(struct nrs_input *in, uint64_t n);

/* The slow half of nrs_input_line: the buffer holds no whole line. */
int nrs_input_line_refill(struct nrs_input *in, const char **line, size_t *len);

/* "gzip", ...; NULL = plain. */
const char *nrs_input_packing(const struct nrs_input *in);

void nrs_input_close(struct nrs_input *in);

/* The next line without its newline, valid until the next call. Returns 1, 0 at the end, or -E2BIG when a
 * line longer than NRS_INPUT_RUN was passed over. */
static inline int nrs_input_line(struct nrs_input *in, const char **line, size_t *len)
{
    const uint8_t *start = in->buf + in->at;
    const uint8_t *newline = memchr(start, '\n', in->end - in->at);

    if (!newline)
        return nrs_input_line_refill(in, line, len);
    *line = (const char *)start;
    *len = (size_t)(newline - start);
    in->at += *len + 1;
    return 1;
}

#endif
