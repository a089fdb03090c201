#include "models/base/why.h"

#include <stdarg.h>
#include <stdio.h>

int nrs_why(struct nrs_why *why, int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    for (char *c = why->text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return err;
}
