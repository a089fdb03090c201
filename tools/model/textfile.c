#include "tools/model/textfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "models/base/error.h"

/* Everything that the file unpacks to, and a NUL; NULL with `why` set. */
static char *unpack(gzFile f, size_t *len, struct nrs_why *why)
{
    size_t cap = 1 << 16;
    char *text = malloc(cap), *larger;
    int n = 0;

    *len = 0;
    while (text && (n = gzread(f, text + *len, (unsigned)(cap - 1 - *len))) > 0) {
        *len += (size_t)n;
        if (*len + 1 < cap)
            continue;
        larger = cap < NRS_TEXTFILE_MAX ? realloc(text, cap *= 2) : NULL;
        if (larger == NULL)
            free(text);
        text = larger;
    }
    if (text == NULL) {
        nrs_why(why, NRS_ERR_LIMIT, "larger than %u MiB, or out of memory", NRS_TEXTFILE_MAX >> 20);
    } else if (n < 0) {
        nrs_why(why, NRS_ERR_IO, "%s", gzerror(f, &n));
        free(text);
        text = NULL;
    } else {
        text[*len] = '\0';
    }
    return text;
}

char *nrs_textfile_load(const char *path, size_t *len, struct nrs_why *why)
{
    gzFile f = gzopen(path, "rb");
    char *text;

    if (f == NULL) {
        nrs_why(why, NRS_ERR_IO, "%s", strerror(errno));
        return NULL;
    }
    text = unpack(f, len, why);
    gzclose(f);
    if (text && memchr(text, '\0', *len)) {
        nrs_why(why, NRS_ERR_FORMAT, "not a text");
        free(text);
        text = NULL;
    }
    return text;
}

char *nrs_textfile_line(char **rest)
{
    char *line = *rest, *end;

    if (*line == '\0')
        return NULL;
    end = line + strcspn(line, "\n");
    *rest = *end ? end + 1 : end;
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    *end = '\0';
    return line;
}
