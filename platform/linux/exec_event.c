/* line ::= id ' ' parent ' ' major:minor ' ' root ' ' point ' ' options (' ' optional)* " - " type ' ' source
 * ' ' super A blank, tab, newline or backslash inside a word is written as '\' and three octal digits. */
#include "platform/linux/exec_event.h"

#include <errno.h>
#include <string.h>
#include <sys/fanotify.h>

_Static_assert(sizeof(struct fanotify_event_metadata) == NRS_EXEC_EVENT_BYTES, "fanotify(7)");

int nrs_exec_event_read(struct nrs_exec *e, const void *bytes, size_t n)
{
    struct fanotify_event_metadata m;

    if (n != sizeof m)
        return -EPROTO;
    memcpy(&m, bytes, sizeof m);
    if (m.vers != FANOTIFY_METADATA_VERSION || m.event_len != sizeof m)
        return -EPROTO;
    e->lost = m.fd < 0; /* FAN_Q_OVERFLOW */
    e->fd = m.fd < 0 ? -1 : m.fd;
    e->pid = m.pid > 0 ? (uint32_t)m.pid : 0;
    return 0;
}

struct word {
    const char *at;
    size_t len;
};

/* Takes the next word off the line; false at its end. */
static bool next_word(struct word *w, const char **line, size_t *len)
{
    const char *blank;

    while (*len > 0 && **line == ' ') {
        (*line)++;
        (*len)--;
    }
    blank = *len > 0 ? memchr(*line, ' ', *len) : NULL;
    w->at = *line;
    w->len = blank != NULL ? (size_t)(blank - *line) : *len;
    *line += w->len;
    *len -= w->len;
    return w->len > 0;
}

static bool is_word(const struct word *w, const char *text)
{
    return w->len == strlen(text) && memcmp(w->at, text, w->len) == 0;
}

/* One of the words that commas separate. */
static bool has_option(const struct word *w, const char *option)
{
    struct word one = {w->at, 0};
    const char *end = w->at + w->len;

    for (; one.at < end; one.at += one.len + 1) {
        const char *comma = memchr(one.at, ',', (size_t)(end - one.at));

        one.len = (size_t)((comma != NULL ? comma : end) - one.at);
        if (is_word(&one, option))
            return true;
    }
    return false;
}

/* Somebody else has to answer there before so much as a name is found: a server, or a program. */
static bool may_wait(const struct word *type)
{
    static const char *const waits[] = {"nfs",  "cifs", "smb",    "9p",   "fuse",
                                        "ceph", "afs",  "autofs", "coda", "ncp"};

    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        if (type->len >= strlen(waits[i]) && memcmp(type->at, waits[i], strlen(waits[i])) == 0)
            return true;
    return false;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

static bool copy_unescaped(char *path, size_t cap, const struct word *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->len; i++) {
        const char *c = w->at + i;

        if (n + 1 >= cap)
            return false;
        if (*c == '\\' && w->len - i >= 4 && is_octal(c[1]) && is_octal(c[2]) && is_octal(c[3])) {
            path[n++] = (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0'));
            i += 3;
        } else {
            path[n++] = *c;
        }
    }
    path[n] = '\0';
    return path[0] == '/' && strlen(path) == n;
}

bool nrs_exec_mount(char *path, size_t cap, const char *line, size_t len)
{
    struct word point, options, w;

    for (int i = 0; i < 4; i++)
        if (!next_word(&w, &line, &len))
            return false;
    if (!next_word(&point, &line, &len) || !next_word(&options, &line, &len) ||
        has_option(&options, "noexec"))
        return false;
    while (next_word(&w, &line, &len))
        if (is_word(&w, "-"))
            return next_word(&w, &line, &len) && !may_wait(&w) && copy_unescaped(path, cap, &point);
    return false;
}
