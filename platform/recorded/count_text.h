/* platform/recorded/count_text.h - a whole number out of text
 *
 * Digits only. False, and *value unchanged, if text[0..len) is anything else, has more than 19 digits or is
 * above max. */
#ifndef NRS_COUNT_TEXT_H
#define NRS_COUNT_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool nrs_count_text(const char *text, size_t len, uint64_t max, uint64_t *value)
{
    uint64_t v = 0;
    size_t i;

    if (len == 0 || len > 19) /* 19 digits fit 64 bits */
        return false;
    for (i = 0; i < len; i++) {
        unsigned digit = (unsigned)(text[i] - '0');

        if (digit > 9)
            return false;
        v = v * 10 + digit;
    }
    if (v > max)
        return false;
    *value = v;
    return true;
}

static inline bool nrs_port_text(const char *text, size_t len, uint16_t *port)
{
    uint64_t v;

    if (!nrs_count_text(text, len, UINT16_MAX, &v))
        return false;
    *port = (uint16_t)v;
    return true;
}

#endif
