/* tools/model/words.h - text files that consist of lines of words, for the readers of such files
 *
 * Everything points into the caller's bytes, which need no NUL at their end. A line ends at LF (CR LF too);
 * what follows the last LF is no line but a cut file. Words are separated by spaces and tabs. */
#ifndef NRS_TOOL_WORDS_H
#define NRS_TOOL_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nrs_span {
    const char *at, *end;
};

struct nrs_words {
    struct nrs_span left; /* what is still to be read */
    unsigned line;        /* number of the line read last, from 1 */
};

/* The next line without its end, or the next word of a line; false when there is none. */
bool nrs_words_line(struct nrs_words *text, struct nrs_span *line);
bool nrs_line_word(struct nrs_span *line, struct nrs_span *word);

/* Nothing is left: no line and no part of one; no word. */
bool nrs_words_ends(const struct nrs_words *text);
bool nrs_line_ends(struct nrs_span line);

bool nrs_span_is(struct nrs_span s, const char *text);

/* Cuts off the part before the first (or last) `mark` and the mark itself; false, and nothing changed,
 * without one. */
bool nrs_span_before(struct nrs_span *s, char mark, struct nrs_span *before);
bool nrs_span_after_last(struct nrs_span *s, char mark, struct nrs_span *after);

/* The whole span as a finite number, decimal or hexadecimal, at most 63 characters; as an integer of
 * 0..max. */
bool nrs_span_number(struct nrs_span s, double *out);
bool nrs_span_whole(struct nrs_span s, uint32_t max, uint32_t *out);

#endif
