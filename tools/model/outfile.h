/* tools/model/outfile.h - whole files out, at any path */
#ifndef NRS_TOOL_OUTFILE_H
#define NRS_TOOL_OUTFILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "models/base/why.h"

/* Replaces or makes a file in one step (a temporary name beside it, then a rename). */
int nrs_outfile_replace(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_why *why);

/* Makes a file and refuses to replace one: for keys. */
int nrs_outfile_create(const char *path, const void *bytes, size_t len, mode_t mode, struct nrs_why *why);

/* A file of any length: written beside its name, renamed when it is whole. path "-" is standard output. */
struct nrs_outfile {
    FILE *to;
    const char *path; /* outlives the file; NULL: standard output */
    char beside[4096]; /* where it is written */
};

int nrs_outfile_open(struct nrs_outfile *o, const char *path, struct nrs_why *why);

/* keep false: no file of that name is made. */
int nrs_outfile_close(struct nrs_outfile *o, bool keep, struct nrs_why *why);

#endif
