#include "models/model_read.h"

/* Longest: "calibration 31: scores not ascending". Longer texts are cut, never written past the end. */
static char text[64];

static size_t append(size_t at, const char *s)
{
    while (*s && at + 1 < sizeof text)
        text[at++] = *s++;
    text[at] = '\0';
    return at;
}

int nrs_model_refuse(const char **place, int err, const char *what, int index, const char *why)
{
    char number[5] = {' '}; /* no index in a model reaches 1000 */
    unsigned n = 1;
    size_t at;

    if (place == NULL)
        return err;
    at = append(0, what);
    if (index >= 0) {
        if (index >= 100)
            number[n++] = (char)('0' + index / 100 % 10);
        if (index >= 10)
            number[n++] = (char)('0' + index / 10 % 10);
        number[n] = (char)('0' + index % 10);
        at = append(at, number);
    }
    at = append(at, ": ");
    append(at, why);
    *place = text;
    return err;
}
