/* tools/collector/files.h - small files of the collector's folder, whole at a time */
#ifndef NRS_COL_FILES_H
#define NRS_COL_FILES_H
#include <stddef.h>

/* Reads DIR/name. The caller frees; a NUL follows the n bytes. NULL with errno (EFBIG above max). */
char *nrs_col_file_read(const char *dir, const char *name, size_t max, size_t *n);

/* Makes DIR/name, which must not exist, with these rights, and syncs it. 0 or NRS_ERR_IO with errno. */
int nrs_col_file_write(const char *dir, const char *name, const char *bytes, size_t n, unsigned mode);

#endif
