/* Scripts that carry their program: gzexe, makeself and others of the kind.
 *
 *   file = "#!" shell ... text ... payload        a shell's name ends in "sh"; the last KiB is no text
 *
 * A zip archive with a line before it that runs it (Python and Java have such) is an archive, no packed script.
 * A name comes from what the script has to say to unpack itself: gzexe counts lines (skip=N) to compressed data,
 * makeself lists sizes and checksums of its parts. */
#include <string.h>

#include "agent/scan/entropy.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"

#define TAIL         1024
#define ENTROPY_TEXT 216 /* 6.75 bits a byte: above any text, base64 included */

static bool runs_in_a_shell(const uint8_t *head, uint32_t n)
{
    uint32_t i = 2;

    while (i < n && (head[i] == ' ' || head[i] == '\t'))
        i++;
    while (i < n && head[i] > ' ' && head[i] <= '~')
        i++;
    return i >= 4 && head[i - 2] == 's' && head[i - 1] == 'h';
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
                      memcmp(p, "\xfd" "7z", 3) == 0 || memcmp(p, "\x5d\0\0", 3) == 0);
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
    if (nrs_find(head, n, "\nfilesizes=", &at) && (nrs_find(head, n, "\nMD5=", &at) || nrs_find(head, n, "\nCRCsum=", &at)))
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

/* Its end record (PKWARE's APPNOTE, 4.3.16) is among the last bytes. */
static bool is_zip(const uint8_t *p, uint32_t n)
{
    uint32_t at;

    return nrs_find(p, n, "PK\5\6", &at);
}

bool nrs_script_look(struct nrs_scan *s, struct nrs_scan_facts *f, const uint8_t *head, uint32_t n)
{
    const uint8_t *p;
    uint64_t tail_at;
    uint32_t got;

    if (n < 4 || head[0] != '#' || head[1] != '!')
        return false;
    f->format = NRS_FORMAT_SCRIPT;
    if (!runs_in_a_shell(head, n))
        return true;
    f->name = name_of(head, n);
    tail_at = s->in.size > TAIL ? s->in.size - TAIL : 0;
    p = nrs_reader_some(s, tail_at, TAIL, &got);
    if (is_payload(p, got) && !is_zip(p, got))
        f->rules = NRS_RULE_SCRIPT;
    else
        f->name = NULL;
    return true;
}
