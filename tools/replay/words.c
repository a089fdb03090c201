#include "tools/replay/words.h"

#include <time.h>

#include "models/base/units.h"

void nrs_words_time(FILE *to, uint64_t ms)
{
    unsigned long long s = ms / 1000;

    if (ms < 10000)
        fprintf(to, "%llu.%02u s", s, (unsigned)(ms % 1000 / 10));
    else if (s < 600)
        fprintf(to, "%llu.%u s", s, (unsigned)(ms % 1000 / 100));
    else if (s < 36000)
        fprintf(to, "%llu min", s / 60);
    else if (s < 172800)
        fprintf(to, "%llu h %llu min", s / NRS_S_PER_HOUR, s / 60 % 60);
    else
        fprintf(to, "%llu days", s / NRS_S_PER_DAY);
}

void nrs_words_bytes(FILE *to, uint32_t n)
{
    if (n < 10000)
        fprintf(to, "%u B", n);
    else if (n < 10000000)
        fprintf(to, "%u kB", n / 1000);
    else
        fprintf(to, "%u MB", n / 1000000);
}

/* Thousandths as a decimal number, with its sign. */
void nrs_words_logit(FILE *to, int32_t mlogit)
{
    int64_t size = mlogit < 0 ? -(int64_t)mlogit : mlogit;

    fprintf(to, "%c%d.%02d", mlogit < 0 ? '-' : '+', (int)(size / 1000), (int)(size % 1000 / 10));
}

void nrs_words_moment(FILE *to, uint64_t ns)
{
    time_t s = (time_t)(ns / NRS_NS_PER_S);
    char text[32] = "";
    struct tm parts;

    if (gmtime_r(&s, &parts))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    fputs(text, to);
}
