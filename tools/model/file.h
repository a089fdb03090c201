/* tools/model/file.h - whole files in and out */
#ifndef NRS_TOOL_FILE_H
#define NRS_TOOL_FILE_H
#include <stddef.h>
#include <sys/types.h>

#include "tools/model/note.h"

/* Reads at most cap - 1 bytes and puts a NUL after them. NRS_ERR_LIMIT if there are more. */
int nrs_file_read(const char *path, void *buf, size_t cap, size_t *len, struct nrs_note *note);

/* Replaces or makes a file in one step (a temporary name beside it, then a rename). */
int nrs_file_write(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_note *note);

/* The same, but refuses to replace: for keys. */
int nrs_file_create(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_note *note);

#endif
