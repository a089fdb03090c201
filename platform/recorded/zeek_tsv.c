/* Zeek's TSV form (base/frameworks/logging/writers/ascii.zeek):
 *
 *   log     = { header | record }
 *   header  = "#separator " escaped | "#" name separator value      ; the first one has a blank
 *   record  = value { separator value }                             ; in the order of the last #fields
 *   value   = "-" (unset) | "(empty)" | text with the separator escaped as \xhh
 *
 * A file may hold several headers one after the other (rotated logs that were joined); each #fields line
 * replaces the columns. */
#include "platform/recorded/reader.h"

#include <errno.h>
#include <stdlib.h>

#include "models/base/hex.h"
#include "platform/recorded/text.h"
#include "platform/recorded/zeek_fields.h"

#define COLUMNS_MAX 128
#define MARK_MAX    15 /* bytes of the words for unset and empty */

struct word {
    char text[MARK_MAX + 1];
    size_t len;
};

struct zeek_tsv {
    char separator;
    struct word unset, empty;
    unsigned n_columns; /* up to the last one that we use; 0 = no usable #fields yet */
    uint8_t field_of[COLUMNS_MAX];
};

static bool starts_with(const char **line, size_t *len, const char *word)
{
    size_t n = strlen(word);

    if (*len < n || memcmp(*line, word, n) != 0)
        return false;
    *line += n;
    *len -= n;
    return true;
}

/* "\x09", or the character itself. */
static bool read_separator(const char *text, size_t len, char *separator)
{
    int high = len == 4 ? nrs_hex_value(text[2]) : -1, low = len == 4 ? nrs_hex_value(text[3]) : -1;

    if (len == 1) {
        *separator = *text;
        return true;
    }
    if (high < 0 || low < 0 || text[0] != '\\' || text[1] != 'x')
        return false;
    *separator = (char)(high << 4 | low);
    return *separator != '\n';
}

static bool keep_word(struct word *w, const char *text, size_t len)
{
    if (len == 0 || len > MARK_MAX)
        return false;
    memcpy(w->text, text, len);
    w->text[len] = '\0';
    w->len = len;
    return true;
}

static void read_columns(struct nrs_recorded *r, struct zeek_tsv *z, const char *text, size_t len)
{
    const char *end = text + len;
    uint32_t seen = 0;
    unsigned column = 0;
    enum nrs_zeek_field f;

    z->n_columns = 0;
    memset(z->field_of, NRS_ZEEK_NONE, sizeof z->field_of);
    for (; text < end && column < COLUMNS_MAX; column++) {
        const char *sep = memchr(text, z->separator, (size_t)(end - text));
        size_t n = (size_t)((sep ? sep : end) - text);

        f = nrs_zeek_field_of(text, n);
        if (f != NRS_ZEEK_NONE && !(seen & 1u << f)) {
            z->field_of[column] = (uint8_t)f;
            z->n_columns = column + 1;
            seen |= 1u << f;
        }
        text += sep ? n + 1 : n;
    }
    for (f = NRS_ZEEK_TS; f <= (r->names ? NRS_ZEEK_TS : NRS_ZEEK_PROTO); f++) {
        if (!(seen & 1u << f)) {
            nrs_recorded_damage2(r, "#fields lacks the column", nrs_zeek_field_name(f));
            z->n_columns = 0;
            return;
        }
    }
}

/* line begins with '#'. Headers that we do not need (#types, #open ...) and comments pass. */
static void read_header(struct nrs_recorded *r, struct zeek_tsv *z, const char *line, size_t len)
{
    bool ok = true;

    line++;
    len--;
    if (starts_with(&line, &len, "separator ")) {
        ok = read_separator(line, len, &z->separator);
    } else if (starts_with(&line, &len, "fields")) {
        if (len > 0)
            read_columns(r, z, line + 1, len - 1);
        else
            ok = false;
    } else if (starts_with(&line, &len, "unset_field")) {
        ok = len > 0 && keep_word(&z->unset, line + 1, len - 1);
    } else if (starts_with(&line, &len, "empty_field")) {
        ok = len > 0 && keep_word(&z->empty, line + 1, len - 1);
    }
    if (!ok)
        nrs_recorded_damage(r, "header line cannot be used");
}

static inline bool is_word(const struct word *w, const char *text, size_t len)
{
    return len == w->len && text[0] == w->text[0] && memcmp(text, w->text, len) == 0;
}

/* Walks the columns as far as the last one that counts. */
static bool read_record(struct nrs_recorded *r, const struct zeek_tsv *z, const char *line, size_t len,
                        struct nrs_zeek_record *rec)
{
    const char *text = line, *end = line + len, *sep;
    unsigned column = 0;
    enum nrs_zeek_field f;

    nrs_zeek_begin(rec);
    for (;; text = sep + 1) {
        size_t n;

        sep = memchr(text, z->separator, (size_t)(end - text));
        n = (size_t)((sep ? sep : end) - text);

        f = z->field_of[column++];
        if (f != NRS_ZEEK_NONE && !is_word(&z->unset, text, n) && !is_word(&z->empty, text, n)) {
            const char *wrong = nrs_zeek_take(rec, f, text, n);

            if (wrong) {
                nrs_recorded_damage2(r, nrs_zeek_field_name(f), wrong);
                return false;
            }
        }
        if (column == z->n_columns || !sep)
            break;
    }
    f = column < z->n_columns ? z->field_of[z->n_columns - 1]
        : r->names            ? NRS_ZEEK_NONE
                              : nrs_zeek_finish(rec);
    if (f != NRS_ZEEK_NONE)
        nrs_recorded_damage2(r, nrs_zeek_field_name(f), "missing");
    return f == NRS_ZEEK_NONE;
}

static bool tsv_take(struct nrs_recorded *r, const char *line, size_t len)
{
    struct zeek_tsv *z = r->state;
    struct nrs_zeek_record rec;

    if (line[0] == '#') {
        read_header(r, z, line, len);
        return false;
    }
    if (z->n_columns == 0) {
        nrs_recorded_damage(r, "no usable #fields line before it");
        return false;
    }
    if (!read_record(r, z, line, len, &rec))
        return false;
    if (r->names)
        nrs_zeek_names(&rec, r->names, nrs_text_flow, r);
    else
        nrs_text_flow(r, &rec.flow, NULL);
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* The log other than conn whose #fields line stands in text[0..len), or NULL. */
static const char *other_log(const char *text, size_t len)
{
    const char *p = memmem(text, len, "#fields", 7), *end = text + len, *other = NULL;

    for (p = p ? p + 7 : end; p < end && *p != '\n';) {
        const char *name = p;

        while (p < end && is_name_char(*p))
            p++;
        if (p - name == 10 && memcmp(name, "conn_state", 10) == 0)
            return NULL;
        if (!other)
            other = nrs_zeek_other_log(name, (size_t)(p - name));
        p += p == name;
    }
    return other;
}

static int tsv_open(struct nrs_recorded *r)
{
    const char *other = other_log((const char *)r->in.buf + r->in.at, r->in.end - r->in.at);
    struct zeek_tsv *z;

    r->names = other ? nrs_zeek_names_of(other) : NRS_NAMES_NONE;
    if (other && !r->names)
        return nrs_recorded_refuse(r, "Zeek's %s log; connections are in its conn.log", other);
    z = calloc(1, sizeof *z);
    if (!z)
        return -ENOMEM;
    r->state = z;
    z->separator = ',';
    keep_word(&z->unset, "-", 1);
    keep_word(&z->empty, "(empty)", 7);
    if (r->fields)
        read_columns(r, z, r->fields, strlen(r->fields));
    z->separator = '\t';
    return r->fields && z->n_columns == 0
               ? nrs_recorded_refuse(r, "--fields lacks one of ts, id.orig_h, id.resp_h, "
                                        "id.resp_p, proto")
               : 0;
}

const struct nrs_reader nrs_reader_zeek_tsv = {.format = "zeek-tsv", .open = tsv_open, .take = tsv_take};
