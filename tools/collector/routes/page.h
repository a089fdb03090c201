/* tools/collector/routes/page.h - the files of tools/collector/page/, inside the program
 *
 * build/gen/page.c is made from them by tools/collector/embed. */
#ifndef NRS_COL_PAGE_H
#define NRS_COL_PAGE_H
#include <stddef.h>

struct nrs_col_page_file {
    const char *path; /* "/" for index.html, "/app.js" */
    const char *type; /* Content-Type */
    const char *etag; /* with its quotes */
    const unsigned char *bytes;
    size_t len;
};

extern const struct nrs_col_page_file nrs_col_page_files[];
extern const size_t nrs_col_page_n;

#endif
