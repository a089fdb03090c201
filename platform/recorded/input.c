#include "platform/recorded/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/recorded/unpack.h"

#define CAP (NRS_INPUT_RUN + NRS_INPUT_READ)

struct nrs_unpacker {
    const struct nrs_unpack_kind *kind;
    void *state;
    bool between; /* a stream has ended: the end of the file is fine here */
    const uint8_t *next;
    size_t left;
    uint8_t packed[NRS_UNPACK_READ];
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
    struct nrs_unpacker *u = in->unpacker;

    if (u->left > 0)
        return true;
    u->next = u->packed;
    u->left = read_some(in, u->packed, sizeof u->packed);
    if (u->left == 0)
        in->cut = in->error == 0 && !u->between;
    return u->left > 0;
}

static bool next_stream(struct nrs_input *in)
{
    struct nrs_unpacker *u = in->unpacker;

    if (*u->next == 0) { /* padding */
        in->ended = true;
        return false;
    }
    u->between = false;
    return u->kind->again(u->state);
}

static size_t unpack_some(struct nrs_input *in, uint8_t *to, size_t cap)
{
    struct nrs_unpacker *u = in->unpacker;
    struct nrs_unpack_step s = {.out = to, .out_n = cap};

    while (s.out_n == cap && refill_packed(in)) {
        enum nrs_unpack_result result;

        if (u->between && !next_stream(in))
            break;
        s.in = u->next;
        s.in_n = u->left;
        result = u->kind->step(u->state, &s);
        u->next = s.in;
        u->left = s.in_n;
        u->between = result == NRS_UNPACK_STREAM_END;
        if (result == NRS_UNPACK_BAD) {
            in->error = -EBADMSG;
            in->ended = true;
            break;
        }
    }
    return cap - s.out_n;
}

/* Moves what is left to the front and adds what one read gives. */
static void fill(struct nrs_input *in)
{
    size_t left = in->end - in->at;

    memmove(in->buf, in->buf + in->at, left);
    in->at = 0;
    in->end = left;
    in->end += in->unpacker ? unpack_some(in, in->buf + left, CAP - left)
                            : read_some(in, in->buf + left, CAP - left);
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
static int start_unpacking(struct nrs_input *in, const struct nrs_unpack_kind *kind)
{
    struct nrs_unpacker *u = calloc(1, sizeof *u);

    if (!u)
        return -ENOMEM;
    u->kind = kind;
    u->state = kind->open();
    if (!u->state) {
        free(u);
        return -ENOMEM;
    }
    memcpy(u->packed, in->buf, in->end);
    u->next = u->packed;
    u->left = in->end;
    in->end = 0;
    in->ended = false;
    in->unpacker = u;
    return 0;
}

/* Windows programs put a byte order mark in front of UTF-8. */
static void skip_mark(struct nrs_input *in)
{
    if (nrs_input_need(in, 3) >= 3 && memcmp(in->buf + in->at, "\xef\xbb\xbf", 3) == 0)
        in->at += 3;
}

static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return dup(STDIN_FILENO);
    return open(path, O_RDONLY | O_CLOEXEC);
}

int nrs_input_open(struct nrs_input *in, const char *path)
{
    const struct nrs_unpack_kind *kind;
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
    /* At most NRS_UNPACK_READ bytes at first, so that they fit the other buffer if they are packed. */
    while (!rc && in->end < NRS_UNPACK_MAGIC && !in->ended)
        in->end += read_some(in, in->buf + in->end, NRS_UNPACK_READ - in->end);
    if (!rc)
        rc = in->error;
    kind = rc ? NULL : nrs_unpack_kind_of(in->buf, in->end);
    if (kind)
        rc = start_unpacking(in, kind);
    if (!rc)
        skip_mark(in);
out:
    if (rc)
        nrs_input_close(in);
    return rc;
}

void nrs_input_close(struct nrs_input *in)
{
    if (in->unpacker)
        in->unpacker->kind->close(in->unpacker->state);
    free(in->unpacker);
    free(in->buf);
    if (in->fd >= 0)
        close(in->fd);
    *in = (struct nrs_input){.fd = -1};
}

const char *nrs_input_packing(const struct nrs_input *in)
{
    return in->unpacker ? in->unpacker->kind->name : NULL;
}
