#include "tools/model/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool nrs_words_line(struct nrs_words *text, struct nrs_span *line)
{
    const char *at = text->left.at, *lf;

    if (at == text->left.end)
        return false;
    lf = memchr(at, '\n', (size_t)(text->left.end - at));
    if (lf == NULL)
        return false;
    line->at = at;
    line->end = lf;
    text->left.at = lf + 1;
    text->line++;
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    return true;
}

bool nrs_words_ends(const struct nrs_words *text)
{
    return text->left.at == text->left.end;
}

bool nrs_line_word(struct nrs_span *line, struct nrs_span *word)
{
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    word->at = line->at;
    while (line->at < line->end && !is_blank(*line->at))
        line->at++;
    word->end = line->at;
    return word->at < word->end;
}

bool nrs_line_ends(struct nrs_span line)
{
    struct nrs_span word;

    return !nrs_line_word(&line, &word);
}

bool nrs_span_is(struct nrs_span s, const char *text)
{
    size_t len = strlen(text);

    return (size_t)(s.end - s.at) == len && memcmp(s.at, text, len) == 0;
}

bool nrs_span_before(struct nrs_span *s, char mark, struct nrs_span *before)
{
    const char *found = memchr(s->at, mark, (size_t)(s->end - s->at));

    if (found == NULL)
        return false;
    *before = (struct nrs_span){s->at, found};
    s->at = found + 1;
    return true;
}

bool nrs_span_after_last(struct nrs_span *s, char mark, struct nrs_span *after)
{
    const char *found = memrchr(s->at, mark, (size_t)(s->end - s->at));

    if (found == NULL)
        return false;
    *after = (struct nrs_span){found + 1, s->end};
    s->end = found;
    return true;
}

bool nrs_span_number(struct nrs_span s, double *out)
{
    char text[64], *end;
    size_t len = (size_t)(s.end - s.at);
    double v;

    if (len == 0 || len >= sizeof text || memchr(" \t\r\n\v\f", s.at[0], 6))
        return false;
    memcpy(text, s.at, len);
    text[len] = '\0';
    v = strtod(text, &end);
    if (end != text + len || !isfinite(v))
        return false;
    *out = v;
    return true;
}

bool nrs_span_whole(struct nrs_span s, uint32_t max, uint32_t *out)
{
    uint64_t v = 0;

    if (s.at == s.end)
        return false;
    for (const char *p = s.at; p < s.end; p++) {
        if (*p < '0' || *p > '9')
            return false;
        v = 10 * v + (uint64_t)(*p - '0');
        if (v > max)
            return false;
    }
    *out = (uint32_t)v;
    return true;
}
