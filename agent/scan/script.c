/* Scripts that carry their program: gzexe, makeself and others of the kind.
 *
 *   file = "#!" interpreter ... text ... payload [zeros]
 *
 * A shell's name ends in "sh"; the last KiB is no text.
 *
 * A zip archive with a line before it that runs it (Python and Java have such) is an archive, no packed
 * script. A name comes from what the script has to say to unpack itself: gzexe counts lines (skip=N) to
 * compressed data, makeself lists sizes and checksums of its parts. */
#include <string.h>

#include "agent/scan/container_parts.h"
#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"

#define TAIL         1024
#define BLANK_MAX    16  /* KiB of zeros at the end that are passed over */
#define WORDS_MAX    4   /* of the first line */
#define ENTROPY_TEXT 216 /* 6.75 bits a byte: above any text, base64 included */

/* One word of the first line, from *at on. */
static uint32_t word(const uint8_t *p, uint32_t n, uint32_t *at)
{
    uint32_t begin;

    while (*at < n && (p[*at] == ' ' || p[*at] == '\t'))
        ++*at;
    begin = *at;
    while (*at < n && p[*at] > ' ' && p[*at] <= '~')
        ++*at;
    return begin;
}

/* A shell, or an interpreter that packers of scripts are written in; "python3.11" counts as "python". */
static bool is_interpreter(const uint8_t *p, uint32_t n)
{
    static const char *const names[] = {"python", "perl", "php", "node", "ruby", "lua"};
    uint32_t base = n;

    while (base > 0 && p[base - 1] != '/')
        base--;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (n - base >= strlen(names[i]) && memcmp(p + base, names[i], strlen(names[i])) == 0)
            return true;
    return n - base >= 2 && memcmp(p + n - 2, "sh", 2) == 0;
}

/* Any word of the first line: "/bin/busybox sh" and "/usr/bin/env -S sh -e" run in a shell as well. */
static bool runs_in_an_interpreter(const uint8_t *head, uint32_t n)
{
    for (uint32_t at = 2, i = 0; i < WORDS_MAX; i++) {
        uint32_t begin = word(head, n, &at);

        if (begin == at)
            return false;
        if (is_interpreter(head + begin, at - begin))
            return true;
    }
    return false;
}

/* The offset of line `number`, counted from 1; n if there are fewer. */
static uint32_t line_at(const uint8_t *p, uint32_t n, uint32_t number)
{
    uint32_t i = 0;

    while (number > 1 && i < n)
        number -= p[i++] == '\n';
    return i;
}

static bool is_compressed(const uint8_t *p, uint32_t n)
{
    return n >= 3 && (memcmp(p, "\x1f\x8b\x08", 3) == 0 || memcmp(p, "BZh", 3) == 0 ||
                      memcmp(p,
                             "\xfd"
                             "7z",
                             3) == 0 ||
                      memcmp(p, "\x5d\0\0", 3) == 0);
}

static bool skips_to_payload(const uint8_t *p, uint32_t n)
{
    uint32_t at, lines = 0;

    if (!nrs_find(p, n, "\nskip=", &at))
        return false;
    for (; at < n && p[at] >= '0' && p[at] <= '9' && lines < 10000; at++)
        lines = lines * 10 + (p[at] - '0');
    at = line_at(p, n, lines);
    return is_compressed(p + at, n - at);
}

static const char *name_of(const uint8_t *head, uint32_t n)
{
    uint32_t at;

    if (skips_to_payload(head, n))
        return "gzexe";
    if (nrs_find(head, n, "\nfilesizes=", &at) &&
        (nrs_find(head, n, "\nMD5=", &at) || nrs_find(head, n, "\nCRCsum=", &at)))
        return "makeself";
    return NULL;
}

static bool is_payload(const uint8_t *p, uint32_t n)
{
    unsigned n_control = 0;

    for (uint32_t i = 0; i < n; i++)
        n_control += p[i] < ' ' && !(p[i] >= '\a' && p[i] <= '\r') && p[i] != '\x1b';
    return n_control * 32 >= n && n >= 64 && (n < TAIL || nrs_entropy(p, n) >= ENTROPY_TEXT);
}

/* Zeros after a payload are passed over, a piece at a time. Returns how many bytes of the file are left. */
static uint64_t without_blank(struct nrs_scan *s, uint64_t size)
{
    for (unsigned i = 0; i < BLANK_MAX; i++) {
        uint32_t got, n, now = size < TAIL ? (uint32_t)size : TAIL;
        const uint8_t *p = nrs_reader_some(s, size - now, now, &got);

        for (n = got; n > 0 && p[n - 1] == 0; n--)
            ;
        size -= got - n;
        if (n > 0 || got == 0)
            break;
    }
    return size;
}

/* A zip archive that runs itself: a line that starts it, then the archive. */
static bool is_archive(struct nrs_scan *s)
{
    struct nrs_container c;

    return nrs_container_end_look(s, 0, &c) && c.begin <= NRS_SCAN_PIECE;
}

bool nrs_script_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n)
{
    const uint8_t *p;
    uint64_t size, tail_at;
    uint32_t got;

    if (n < 4 || head[0] != '#' || head[1] != '!')
        return false;
    f->format = NRS_FORMAT_SCRIPT;
    if (!runs_in_an_interpreter(head, n))
        return true;
    f->name = name_of(head, n);
    size = without_blank(s, s->in.size);
    tail_at = size > TAIL ? size - TAIL : 0;
    p = nrs_reader_some(s, tail_at, (uint32_t)(size - tail_at), &got);
    if (is_payload(p, got) && !is_archive(s))
        f->rules = NRS_RULE_SCRIPT;
    else
        f->name = NULL;
    return true;
}
