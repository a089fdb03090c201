#include "agent/log.h"

#include <stdarg.h>
#include <stdio.h>

void nrs_log(const char *format, ...)
{
    char line[640];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *p = line; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = '?';
    fprintf(stderr, "noroshi: %s\n", line);
}

void nrs_print(const char *text, size_t len)
{
    fwrite(text, 1, len, stdout);
    fflush(stdout);
}
