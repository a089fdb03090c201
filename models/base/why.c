#include "models/base/why.h"

#include <stdarg.h>
#include <stdio.h>

int nrs_why(struct nrs_why *why, int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    return err;
}
