#include "models/base/text.h"

#include <string.h>

#include "models/base/units.h"

void nrs_text_init(struct nrs_text *t, char *buf, size_t cap)
{
    *t = (struct nrs_text){buf, cap, 0, cap == 0};
    if (cap)
        buf[0] = 0;
}

static void put(struct nrs_text *t, const char *s, size_t n)
{
    if (t->full || n >= t->cap - t->len) {
        t->full = true;
        return;
    }
    memcpy(t->buf + t->len, s, n);
    t->len += n;
    t->buf[t->len] = 0;
}

void nrs_text_raw(struct nrs_text *t, const char *s)
{
    put(t, s, strlen(s));
}

void nrs_text_u64(struct nrs_text *t, uint64_t v)
{
    char digits[20];
    size_t i = sizeof digits;

    do {
        digits[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    put(t, digits + i, sizeof digits - i);
}

void nrs_text_i64(struct nrs_text *t, int64_t v)
{
    if (v < 0)
        put(t, "-", 1);
    nrs_text_u64(t, v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v);
}

void nrs_text_hex(struct nrs_text *t, uint32_t v)
{
    char digits[8];
    size_t i = sizeof digits;

    do {
        digits[--i] = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v);
    put(t, digits + i, sizeof digits - i);
}

/* Length of the UTF-8 sequence at s, 0 if it is none (RFC 3629: no overlong forms, no surrogates). */
static size_t utf8_length(const unsigned char *s)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    uint32_t c;

    if (n < 2)
        return n;
    c = s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

static void put_control(struct nrs_text *t, unsigned char c)
{
    char escape[6] = {'\\', 'u', '0', '0', "01"[c >> 4], "0123456789abcdef"[c & 15]};

    put(t, escape, sizeof escape);
}

void nrs_text_string(struct nrs_text *t, const char *s)
{
    put(t, "\"", 1);
    while (*s) {
        size_t n = utf8_length((const unsigned char *)s);

        if (*s == '"' || *s == '\\')
            put(t, "\\", 1);
        if (!n)
            put(t, "\xef\xbf\xbd", 3);
        else if ((unsigned char)*s < 0x20)
            put_control(t, (unsigned char)*s);
        else
            put(t, s, n);
        s += n ? n : 1;
    }
    put(t, "\"", 1);
}

void nrs_text_base64(struct nrs_text *t, const uint8_t *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        uint32_t b1 = i + 1 < n ? bytes[i + 1] : 0u, b2 = i + 2 < n ? bytes[i + 2] : 0u;
        uint32_t v = (uint32_t)bytes[i] << 16 | b1 << 8 | b2;
        char four[4] = {digit[v >> 18], digit[v >> 12 & 63], digit[v >> 6 & 63], digit[v & 63]};

        if (i + 2 >= n)
            four[3] = '=';
        if (i + 1 >= n)
            four[2] = '=';
        put(t, four, 4);
    }
}

static void put_padded(struct nrs_text *t, uint32_t v)
{
    char two[2] = {(char)('0' + v / 10 % 10), (char)('0' + v % 10)};

    put(t, two, 2);
}

/* Days since 1970 to a Gregorian date: the year starts in March, so that the leap day is its last. */
void nrs_text_date(struct nrs_text *t, uint64_t wall_s)
{
    uint64_t days = wall_s / NRS_S_PER_DAY + 719468; /* since 1 March of year 0 */
    uint64_t era = days / 146097, in_era = days % 146097;
    uint64_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint64_t in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    uint32_t march_month = (uint32_t)((5 * in_year + 2) / 153);
    uint32_t day = (uint32_t)(in_year - (153 * march_month + 2) / 5 + 1);
    uint32_t month = march_month < 10 ? march_month + 3 : march_month - 9;

    nrs_text_u64(t, era * 400 + year_in_era + (month <= 2));
    put(t, "-", 1);
    put_padded(t, month);
    put(t, "-", 1);
    put_padded(t, day);
}

void nrs_text_time(struct nrs_text *t, uint64_t wall_s)
{
    uint32_t s = (uint32_t)(wall_s % NRS_S_PER_DAY);

    nrs_text_date(t, wall_s);
    put(t, "T", 1);
    put_padded(t, s / NRS_S_PER_HOUR);
    put(t, ":", 1);
    put_padded(t, s / 60 % 60);
    put(t, ":", 1);
    put_padded(t, s % 60);
    put(t, "Z", 1);
}
