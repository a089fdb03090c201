#include "tools/collector/records/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the UTF-8 sequence at s, or 0: overlong forms, surrogates and values above U+10FFFF are none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

    if (len > n)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

/* Bytes of the escape at s, or 0. cJSON takes four characters that are no hexadecimal digits for U+0000,
 * and U+0000 for the end of the string, so both are refused. */
static size_t escape_length(const unsigned char *s, size_t n)
{
    unsigned any = 0;

    if (n < 2 || strchr("\"\\/bfnrtu", s[1]) == NULL || s[1] == '\0')
        return 0;
    if (s[1] != 'u')
        return 2;
    for (size_t i = 2; i < 6; i++) {
        if (i >= n || !isxdigit(s[i]))
            return 0;
        any |= s[i] != '0';
    }
    return any ? 6 : 0;
}

/* Bytes of the string at s, both quotes included, or 0 with a reason. */
static size_t string_length(const unsigned char *s, size_t n, const char **why)
{
    size_t i = 1, len;

    for (; i < n && s[i] != '"'; i += len) {
        len = s[i] == '\\' ? escape_length(s + i, n - i) : utf8_length(s + i, n - i);
        if (s[i] < 0x20)
            *why = "control character in a string";
        else if (len == 0)
            *why = s[i] == '\\' ? "bad escape in a string" : "not UTF-8";
        if (*why != NULL)
            return 0;
    }
    if (i >= n)
        *why = "string without an end";
    return i < n ? i + 1 : 0;
}

static size_t digits(const unsigned char *s, size_t n)
{
    size_t i = 0;

    while (i < n && is_digit(s[i]))
        i++;
    return i;
}

/* Bytes of the number at s as RFC 8259 writes it, or 0. */
static size_t number_length(const unsigned char *s, size_t n)
{
    size_t i = s[0] == '-', whole = digits(s + i, n - i), k;

    if (whole == 0 || (whole > 1 && s[i] == '0'))
        return 0;
    i += whole;
    if (i < n && s[i] == '.') {
        k = digits(s + i + 1, n - i - 1);
        if (k == 0)
            return 0;
        i += 1 + k;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        size_t sign = i + 1 < n && (s[i + 1] == '+' || s[i + 1] == '-');

        k = digits(s + i + 1 + sign, n - i - 1 - sign);
        if (k == 0)
            return 0;
        i += 1 + sign + k;
    }
    return i;
}

const char *nrs_col_text_check(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    const char *why = NULL;
    unsigned depth = 0;
    size_t i = 0, len;

    while (i < n) {
        unsigned char c = s[i];

        len = 1;
        if ((c < 0x20 && c != '\t') || c > 0x7e)
            return "a byte that JSON does not have here";
        if (c == '"')
            len = string_length(s + i, n - i, &why);
        else if (c == '-' || is_digit(c))
            len = number_length(s + i, n - i);
        else if ((c == '{' || c == '[') && ++depth > NRS_COL_DEPTH_MAX)
            return "nested too deeply";
        else if ((c == '}' || c == ']') && depth-- == 0)
            return "a bracket too many";
        if (len == 0)
            return why != NULL ? why : "not a number";
        i += len;
    }
    return NULL;
}
