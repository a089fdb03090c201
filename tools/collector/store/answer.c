#include "tools/collector/store/answer.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST 4096 /* bytes */

static bool grow(struct nrs_col_answer *a)
{
    size_t cap = a->cap > 0 ? a->cap * 2 : FIRST;
    char *more = cap <= NRS_COL_ANSWER_MAX ? realloc(a->bytes, cap) : NULL;

    if (more == NULL) {
        a->failed = true;
        return false;
    }
    a->bytes = more;
    a->cap = cap;
    return true;
}

void nrs_col_answer_add(struct nrs_col_answer *a, void (*part)(struct nrs_text *t, void *arg), void *arg)
{
    struct nrs_text t;

    if (a->cap == 0 && !grow(a))
        return;
    while (!a->failed) {
        nrs_text_init(&t, a->bytes + a->len, a->cap - a->len);
        part(&t, arg);
        if (!t.full) {
            a->len += t.len;
            return;
        }
        (void)grow(a);
    }
}

static void write_raw(struct nrs_text *t, void *arg)
{
    nrs_text_raw(t, arg);
}

void nrs_col_answer_raw(struct nrs_col_answer *a, const char *s)
{
    nrs_col_answer_add(a, write_raw, (void *)(uintptr_t)s);
}

void nrs_col_answer_free(struct nrs_col_answer *a)
{
    free(a->bytes);
    *a = (struct nrs_col_answer){0};
}
