/* tools/model/textfile.h - whole text files in, plain or gzip */
#ifndef NRS_TOOL_TEXTFILE_H
#define NRS_TOOL_TEXTFILE_H
#include <stddef.h>

#include "models/base/why.h"

#define NRS_TEXTFILE_MAX (256u << 20) /* bytes after unpacking */

/* The text with a NUL that len does not count, from malloc; NULL with `why` set, also if it holds a NUL. */
char *nrs_textfile_load(const char *path, size_t *len, struct nrs_why *why);

/* Cuts the next line (without LF or CR LF) off *rest; NULL at the end. */
char *nrs_textfile_line(char **rest);

#endif
