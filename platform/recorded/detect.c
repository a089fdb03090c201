#include "platform/recorded/detect.h"

#include <ctype.h>
#include <errno.h>

struct magic {
    const char *bytes;
    uint8_t n;
    const struct nrs_reader *reader;
    const char *found; /* of what is not read: what it is and what to do */
};

/* pcap's magic number stands in the writer's byte order and also tells microseconds from nanoseconds. */
static const struct magic known[] = {
    {"\xa1\xb2\xc3\xd4", 4, &nrs_reader_pcap, NULL},
    {"\xd4\xc3\xb2\xa1", 4, &nrs_reader_pcap, NULL},
    {"\xa1\xb2\x3c\x4d", 4, &nrs_reader_pcap, NULL},
    {"\x4d\x3c\xb2\xa1", 4, &nrs_reader_pcap, NULL},
    {"\x0a\x0d\x0d\x0a", 4, &nrs_reader_pcapng, NULL},
    {"\xff\xfe", 2, NULL, "text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"},
    {"\xfe\xff", 2, NULL, "text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"},
    {"\x0c\xa5", 2, NULL, "a file of nfdump; export it (nfdump -r FILE -o csv)"},
    {"\xa5\x0c", 2, NULL, "a file of nfdump; export it (nfdump -r FILE -o csv)"},
    {"PK\x03\x04", 4, NULL, "a zip archive; unpack it first"},
    {"\x04\x22\x4d\x18", 4, NULL, "packed with lz4; unpack it first (lz4 -dc)"},
    {"PAR1", 4, NULL, "a Parquet file; export it as text or JSON lines"},
    {"SQLite format 3", 15, NULL, "an SQLite database"},
    {"ElfFile", 7, NULL, "a Windows event log; it has no connections"},
    {"<?xml", 5, NULL, "XML; export it as JSON"},
};

static const struct magic *magic_of(const uint8_t *b, size_t n)
{
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++) {
        if (n >= known[i].n && memcmp(b, known[i].bytes, known[i].n) == 0)
            return &known[i];
    }
    return NULL;
}

static size_t line_length(const char *text, size_t n)
{
    const char *newline = memchr(text, '\n', n);

    n = newline ? (size_t)(newline - text) : n;
    return n > 0 && text[n - 1] == '\r' ? n - 1 : n;
}

static bool is_text(const char *line, size_t n)
{
    size_t i;

    for (i = 0; i < n && ((unsigned char)line[i] >= ' ' || isspace((unsigned char)line[i])); i++)
        ;
    return i == n;
}

static int refuse_text(struct nrs_recorded *r, const char *line, size_t n)
{
    if (!is_text(line, n))
        return nrs_recorded_refuse(r, "not in a format that is read here (see --help)");
    if (memchr(line, '\t', n))
        return nrs_recorded_refuse(r, "columns without a header; state Zeek's columns with --fields");
    return nrs_recorded_refuse(
        r, "text that is neither a log of connections in JSON nor has a header that is known "
           "(see --help)");
}

static int detect_text(struct nrs_recorded *r, const char *text, size_t n)
{
    size_t line = line_length(text, n);

    if (text[0] == '#' || (r->fields && text[0] != '{' && text[0] != '[')) {
        r->reader = &nrs_reader_zeek_tsv;
        return 0;
    }
    if (text[0] == '{' || text[0] == '[')
        return nrs_detect_json(r, text, n);
    if (is_text(text, line) && memmem(text, line, "{\"", 2))
        return nrs_detect_json(r, text, n);
    if (nrs_columns_header(text, line)) {
        r->reader = &nrs_reader_columns;
        return 0;
    }
    return refuse_text(r, text, line);
}

int nrs_detect(struct nrs_recorded *r)
{
    size_t n = r->in.end - r->in.at, blanks = 0;
    const uint8_t *b = r->in.buf + r->in.at;
    const struct magic *magic = magic_of(b, n);

    if (n == 0)
        return nrs_recorded_refuse(r,
                                   r->in.cut ? "its packed data end before the first byte" : "it is empty");
    if (magic && !magic->reader)
        return nrs_recorded_refuse(r, "%s", magic->found);
    if (magic) {
        r->reader = magic->reader;
        return 0;
    }
    n = nrs_input_need(&r->in, NRS_INPUT_RUN); /* not before: a capture may come out of a pipe, slowly */
    n = n < NRS_INPUT_RUN ? n : NRS_INPUT_RUN;
    b = r->in.buf + r->in.at;
    while (blanks < n && isspace(b[blanks]))
        blanks++;
    if (blanks == n)
        return nrs_recorded_refuse(r, "nothing but blanks in it");
    return detect_text(r, (const char *)b + blanks, n - blanks);
}
