/* tools/collector/records/text.h - is this line strict JSON text?
 *
 * cJSON is lenient: it takes 01 and 1. for numbers, any control character for space, and bytes that are
 * not UTF-8. What is stored is handed on word for word (to the page, to SQLite's own JSON functions, to a
 * SIEM), so these few things are refused here, in one pass, before cJSON looks at the structure. */
#ifndef NRS_COL_TEXT_H
#define NRS_COL_TEXT_H
#include <stddef.h>

#define NRS_COL_DEPTH_MAX 8 /* nested objects and arrays */

/* Returns NULL, or what is wrong: a constant phrase. */
const char *nrs_col_text_check(const char *s, size_t n);

#endif
