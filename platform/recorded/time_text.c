#include "platform/recorded/time_text.h"

#include "models/base/units.h"

#define SECONDS_MAX (UINT64_C(1) << 34) /* times 10^9 still fits 64 bits */

static bool is_digit(char c)
{
    return (unsigned)(c - '0') <= 9;
}

/* Reads exactly n digits. */
static bool fixed_digits(const char **p, const char *end, int n, unsigned *value)
{
    *value = 0;
    if (end - *p < n)
        return false;
    while (n-- > 0) {
        if (!is_digit(**p))
            return false;
        *value = *value * 10 + (unsigned)(*(*p)++ - '0');
    }
    return true;
}

/* Digits as a number, as far as 64 bits hold them for sure. Returns how many digits there were. */
static size_t digits(const char **p, const char *end, uint64_t *value)
{
    const char *start = *p, *q = start, *sure = end - start > 18 ? start + 18 : end;
    uint64_t v = 0;

    for (; q < sure && is_digit(*q); q++)
        v = v * 10 + (uint64_t)(*q - '0');
    *value = v;
    *p = q;
    return (size_t)(q - start);
}

static bool seconds_part(const char **p, const char *end, uint64_t *s)
{
    return digits(p, end, s) > 0 && *s < SECONDS_MAX;
}

/* The digits after a point, which *p stands on, as nanoseconds; further ones are passed over. */
static bool fraction_part(const char **p, const char *end, uint32_t *ns)
{
    static const uint32_t worth[10] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                       10000,      1000,      100,      10,      1};
    const char *from = ++*p;
    uint64_t value;
    size_t n = digits(p, end - from > 9 ? from + 9 : end, &value);

    while (*p < end && is_digit(**p))
        (*p)++;
    *ns = (uint32_t)value * worth[n];
    return n > 0;
}

static bool exponent_part(const char **p, const char *end, int *exponent)
{
    bool negative = false;
    const char *start;

    (*p)++;
    if (*p < end && (**p == '-' || **p == '+'))
        negative = *(*p)++ == '-';
    start = *p;
    for (*exponent = 0; *p < end && is_digit(**p) && *p - start < 4; (*p)++)
        *exponent = *exponent * 10 + (**p - '0');
    if (negative)
        *exponent = -*exponent;
    return *p > start;
}

/* The form with an exponent: all digits as one number of at most 18, then moved to where nanoseconds are. */
static bool scientific(const char *p, const char *end, uint64_t *ns)
{
    uint64_t mantissa = 0;
    int point = 0, exponent;
    bool after_point = false;

    for (; p < end && (is_digit(*p) || (*p == '.' && !after_point)); p++) {
        if (*p == '.') {
            after_point = true;
            continue;
        }
        if (mantissa < UINT64_C(100000000000000000)) {
            mantissa = mantissa * 10 + (uint64_t)(*p - '0');
            point -= after_point;
        } else {
            point += !after_point;
        }
    }
    if (p == end || (*p != 'e' && *p != 'E') || !exponent_part(&p, end, &exponent) || p != end)
        return false;
    for (point += exponent + 9; point < 0 && mantissa > 0; point++)
        mantissa /= 10;
    for (; point > 0 && mantissa > 0; point--) {
        if (mantissa >= SECONDS_MAX * NRS_NS_PER_S / 10)
            return false;
        mantissa *= 10;
    }
    *ns = mantissa;
    return true;
}

bool nrs_time_seconds(const char *text, size_t len, uint64_t *ns)
{
    const char *p = text, *end = text + len;
    uint64_t s;
    uint32_t fraction = 0;

    if (!seconds_part(&p, end, &s))
        return false;
    if (p < end && *p == '.' && !fraction_part(&p, end, &fraction))
        return false;
    if (p < end)
        return scientific(text, end, ns);
    *ns = s * NRS_NS_PER_S + fraction;
    return true;
}

bool nrs_time_millis(const char *text, size_t len, uint64_t *ns)
{
    const char *p = text, *end = text + len;
    uint64_t ms;

    if (len < 12 || len > 14 || digits(&p, end, &ms) != len || ms >= SECONDS_MAX * 1000)
        return false;
    *ns = ms * 1000000;
    return true;
}

/* Days from 1970-01-01, by counting years from March so that the leap day comes last. */
static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    unsigned y = month <= 2 ? year - 1 : year;
    unsigned m = month <= 2 ? month + 9 : month - 3;

    return (uint64_t)365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool date_part(const char **p, const char *end, uint64_t *days)
{
    static const uint8_t month_days[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day;

    if (!fixed_digits(p, end, 4, &year) || *p == end || *(*p)++ != '-')
        return false;
    if (!fixed_digits(p, end, 2, &month) || *p == end || *(*p)++ != '-' || !fixed_digits(p, end, 2, &day))
        return false;
    if (year < 1970 || year > 2500 || month < 1 || month > 12 || day < 1 || day > month_days[month - 1])
        return false;
    *days = days_since_1970(year, month, day);
    return true;
}

static bool clock_part(const char **p, const char *end, uint64_t *s)
{
    unsigned hour, minute, second;

    if (!fixed_digits(p, end, 2, &hour) || *p == end || *(*p)++ != ':')
        return false;
    if (!fixed_digits(p, end, 2, &minute) || *p == end || *(*p)++ != ':' || !fixed_digits(p, end, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60) /* 60: a leap second */
        return false;
    *s = hour * NRS_S_PER_HOUR + minute * 60 + second;
    return true;
}

/* Nothing, "Z", "+hhmm" or "+hh:mm"; east of Greenwich is ahead of UTC. */
static bool zone_part(const char *p, const char *end, int *offset_s)
{
    unsigned hour, minute;
    int sign;

    *offset_s = 0;
    if (p == end || (end - p == 1 && *p == 'Z'))
        return true;
    if ((*p != '+' && *p != '-'))
        return false;
    sign = *p++ == '-' ? -1 : 1;
    if (!fixed_digits(&p, end, 2, &hour) || p == end)
        return false;
    p += *p == ':';
    if (!fixed_digits(&p, end, 2, &minute) || p != end || hour > 23 || minute > 59)
        return false;
    *offset_s = sign * (int)(hour * NRS_S_PER_HOUR + minute * 60);
    return true;
}

bool nrs_time_iso(const char *text, size_t len, uint64_t *ns)
{
    const char *p = text, *end = text + len;
    uint64_t days, s;
    uint32_t fraction = 0;
    int offset_s;

    if (!date_part(&p, end, &days) || p == end || (*p != 'T' && *p != ' ') || (p++, !clock_part(&p, end, &s)))
        return false;
    if (p < end && *p == '.' && !fraction_part(&p, end, &fraction))
        return false;
    if (!zone_part(p, end, &offset_s))
        return false;
    s += days * NRS_S_PER_DAY;
    if (offset_s > 0 && s < (uint64_t)offset_s)
        return false;
    *ns = (s - (uint64_t)(int64_t)offset_s) * NRS_NS_PER_S + fraction;
    return true;
}
