#include "tools/model/note.h"

#include <stdarg.h>
#include <stdio.h>

int nrs_note_set(struct nrs_note *note, int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(note->text, sizeof note->text, format, args);
    va_end(args);
    for (char *c = note->text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?'; /* names out of a hostile file may be in it */
    return err;
}
