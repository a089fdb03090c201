/* models/base/text.h - the one writer of JSON text
 *
 * The functions append to a caller's buffer. When the buffer is full, `full` is set and nothing more is
 * written. The buffer is always NUL-terminated. Strings from outside go through nrs_text_string: it
 * escapes quotes, backslashes and control characters, and it replaces bytes that are not UTF-8 by U+FFFD. */
#ifndef NRS_TEXT_H
#define NRS_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nrs_text {
    char *buf;
    size_t cap, len;
    bool full;
};

void nrs_text_init(struct nrs_text *t, char *buf, size_t cap);
void nrs_text_raw(struct nrs_text *t, const char *s);
void nrs_text_u64(struct nrs_text *t, uint64_t v);
void nrs_text_i64(struct nrs_text *t, int64_t v);
void nrs_text_hex(struct nrs_text *t, uint32_t v);                         /* lower case, no leading zeroes */
void nrs_text_string(struct nrs_text *t, const char *s);                   /* with quotes */
void nrs_text_base64(struct nrs_text *t, const uint8_t *bytes, size_t n);  /* without quotes, padded */
void nrs_text_time(struct nrs_text *t, uint64_t wall_s); /* "2026-11-21T20:05:00Z", no quotes */
void nrs_text_date(struct nrs_text *t, uint64_t wall_s);                   /* "2026-11-21", no quotes */

#endif
