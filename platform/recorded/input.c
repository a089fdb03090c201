#include "platform/recorded/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define CAP     (NRS_INPUT_RUN + NRS_INPUT_READ)
#define GZ_READ 65536

struct nrs_gunzip {
    z_stream z;
    bool between; /* a member has ended: the end of the file is fine here */
    uint8_t packed[GZ_READ];
};

static size_t read_some(struct nrs_input *in, uint8_t *to, size_t cap)
{
    ssize_t n;

    do
        n = read(in->fd, to, cap);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        in->error = -errno;
    if (n <= 0) {
        in->ended = true;
        return 0;
    }
    in->bytes_done += (uint64_t)n;
    return (size_t)n;
}

static bool refill_packed(struct nrs_input *in)
{
    struct nrs_gunzip *gz = in->gz;

    if (gz->z.avail_in > 0)
        return true;
    gz->z.next_in = gz->packed;
    gz->z.avail_in = (uInt)read_some(in, gz->packed, sizeof gz->packed);
    if (gz->z.avail_in == 0)
        in->cut = in->error == 0 && !gz->between;
    return gz->z.avail_in > 0;
}

/* A gzip file may hold several members one after the other; padding zeroes after the last one are allowed, as
 * gzip itself does. */
static bool next_member(struct nrs_input *in)
{
    struct nrs_gunzip *gz = in->gz;

    if (*gz->z.next_in == 0) {
        in->ended = true;
        return false;
    }
    gz->between = false;
    return inflateReset(&gz->z) == Z_OK;
}

static size_t inflate_some(struct nrs_input *in, uint8_t *to, size_t cap)
{
    struct nrs_gunzip *gz = in->gz;

    gz->z.next_out = to;
    gz->z.avail_out = (uInt)cap;
    while (gz->z.avail_out == (uInt)cap && refill_packed(in)) {
        int rc;

        if (gz->between && !next_member(in))
            break;
        rc = inflate(&gz->z, Z_NO_FLUSH);
        gz->between = rc == Z_STREAM_END;
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
            in->error = -EBADMSG;
            in->ended = true;
            break;
        }
    }
    return cap - gz->z.avail_out;
}

/* Moves what is left to the front and adds what one read gives. */
static void fill(struct nrs_input *in)
{
    size_t left = in->end - in->at;

    memmove(in->buf, in->buf + in->at, left);
    in->at = 0;
    in->end = left;
    in->end +=
        in->gz ? inflate_some(in, in->buf + left, CAP - left) : read_some(in, in->buf + left, CAP - left);
}

size_t nrs_input_need(struct nrs_input *in, size_t n)
{
    while (in->end - in->at < n && !in->ended)
        fill(in);
    return in->end - in->at;
}

bool nrs_input_skip(struct nrs_input *in, uint64_t n)
{
    for (;;) {
        size_t have = nrs_input_need(in, 1);

        if (have >= n) {
            in->at += (size_t)n;
            return true;
        }
        if (have == 0)
            return false;
        in->at = in->end;
        n -= have;
    }
}

static int skip_long_line(struct nrs_input *in)
{
    for (;;) {
        const uint8_t *newline = memchr(in->buf + in->at, '\n', in->end - in->at);

        if (newline) {
            in->at = (size_t)(newline - in->buf) + 1;
            return -E2BIG;
        }
        in->at = in->end;
        if (nrs_input_need(in, 1) == 0)
            return -E2BIG;
    }
}

int nrs_input_line_refill(struct nrs_input *in, const char **line, size_t *len)
{
    size_t seen = in->end - in->at;

    while (seen <= NRS_INPUT_RUN && !in->ended) {
        const uint8_t *newline;

        fill(in);
        newline = memchr(in->buf + seen, '\n', in->end - seen);
        if (newline) {
            *line = (const char *)in->buf;
            *len = (size_t)(newline - in->buf);
            in->at = *len + 1;
            return *len > NRS_INPUT_RUN ? -E2BIG : 1;
        }
        seen = in->end;
    }
    if (seen > NRS_INPUT_RUN)
        return skip_long_line(in);
    *line = (const char *)in->buf + in->at;
    *len = seen;
    in->at = in->end;
    return seen > 0;
}

/* Turns a plain input whose first bytes are in the buffer into an unpacking one. */
static int start_gunzip(struct nrs_input *in)
{
    struct nrs_gunzip *gz = calloc(1, sizeof *gz);

    if (!gz)
        return -ENOMEM;
    if (inflateInit2(&gz->z, 15 + 16) != Z_OK) {
        free(gz);
        return -ENOMEM;
    }
    memcpy(gz->packed, in->buf, in->end);
    gz->z.next_in = gz->packed;
    gz->z.avail_in = (uInt)in->end;
    in->end = 0;
    in->ended = false;
    in->gz = gz;
    return 0;
}

static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return dup(STDIN_FILENO);
    return open(path, O_RDONLY | O_CLOEXEC);
}

int nrs_input_open(struct nrs_input *in, const char *path)
{
    struct stat st;
    int rc = 0;

    *in = (struct nrs_input){.fd = open_path(path)};
    if (in->fd < 0 || fstat(in->fd, &st) < 0)
        rc = -errno;
    else if (S_ISDIR(st.st_mode))
        rc = -EISDIR;
    if (rc)
        goto out;
    in->bytes_total = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    in->buf = malloc(CAP);
    rc = in->buf ? 0 : -ENOMEM;
    /* At most GZ_READ bytes at first, so that they fit the other buffer if they are packed. */
    while (!rc && in->end < 3 && !in->ended)
        in->end += read_some(in, in->buf + in->end, GZ_READ - in->end);
    if (!rc)
        rc = in->error;
    if (!rc && in->end >= 3 && memcmp(in->buf, "\x1f\x8b\x08", 3) == 0)
        rc = start_gunzip(in);
out:
    if (rc)
        nrs_input_close(in);
    return rc;
}

void nrs_input_close(struct nrs_input *in)
{
    if (in->gz)
        inflateEnd(&in->gz->z);
    free(in->gz);
    free(in->buf);
    if (in->fd >= 0)
        close(in->fd);
    *in = (struct nrs_input){.fd = -1};
}
