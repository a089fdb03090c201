/* tools/collector/files.h - small files of the collector's folder, and the one line that says what is
 * wrong */
#ifndef NRS_COL_FILES_H
#define NRS_COL_FILES_H
#include <stddef.h>

/* Reads DIR/name. The caller frees; a NUL follows the n bytes. NULL with errno (EFBIG above max). */
char *nrs_col_file_read(const char *dir, const char *name, size_t max, size_t *n);

/* Makes DIR/name, which must not exist, with these rights, and syncs it. 0 or NRS_ERR_IO with errno. */
int nrs_col_file_write(const char *dir, const char *name, const char *bytes, size_t n, unsigned mode);

/* Writes "noroshi-collector: place: what" to stderr; returns the exit code 2. */
int nrs_col_complain(const char *place, const char *what);

#endif
