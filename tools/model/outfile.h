/* tools/model/outfile.h - whole files out, at any path */
#ifndef NRS_TOOL_OUTFILE_H
#define NRS_TOOL_OUTFILE_H
#include <stddef.h>
#include <sys/types.h>

#include "tools/model/note.h"

/* Replaces or makes a file in one step (a temporary name beside it, then a rename). */
int nrs_outfile_replace(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_note *note);

/* Makes a file and refuses to replace one: for keys. */
int nrs_outfile_create(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_note *note);

#endif
