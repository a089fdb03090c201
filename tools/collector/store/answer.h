/* tools/collector/store/answer.h - a JSON text that grows
 *
 * Parts are written with models/base/text.h into the free end of the buffer; a part that does not fit is
 * written again after the buffer was doubled, so a part must give the same text each time.
 *
 * Memory: bytes are malloc'd; nrs_col_answer_free gives them back.
 * Limits: NRS_COL_ANSWER_MAX bytes. Above that, or without memory, `failed` is set and further parts are
 *         ignored. */
#ifndef NRS_COL_ANSWER_H
#define NRS_COL_ANSWER_H
#include <stdbool.h>
#include <stddef.h>

#include "models/base/text.h"

#define NRS_COL_ANSWER_MAX (16u << 20)

struct nrs_col_answer {
    char *bytes; /* NUL-terminated when len > 0 */
    size_t len, cap;
    bool failed;
};

void nrs_col_answer_add(struct nrs_col_answer *a, void (*part)(struct nrs_text *t, void *arg), void *arg);
void nrs_col_answer_raw(struct nrs_col_answer *a, const char *s);
void nrs_col_answer_free(struct nrs_col_answer *a);

#endif
