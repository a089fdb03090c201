#include "tools/collector/records/post.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"

static size_t count_newlines(const char *s, size_t n)
{
    size_t lines = 0;

    for (const char *p = s; n > 0 && (p = memchr(p, '\n', n - (size_t)(p - s))) != NULL; p++)
        lines++;
    return lines;
}

/* Appends one line to what is stored. */
static bool keep(struct nrs_col_post *p, size_t *cap, const struct nrs_col_record *r)
{
    if (*cap - p->text_len < r->len) {
        size_t more = *cap * 2 + r->len;
        char *text = realloc(p->text, more);

        if (text == NULL)
            return false;
        p->text = text;
        *cap = more;
    }
    memcpy(p->text + p->text_len, r->line, r->len);
    p->text_len += r->len;
    p->n_dropped += r->n_dropped;
    p->n++;
    return true;
}

/* Goes through the lines of the body. 0, or a negative error with why. */
static int read_lines(struct nrs_col_post *p, const char *s, const char *end, char why[NRS_COL_WHY + 16])
{
    char reason[NRS_COL_WHY], out[NRS_COL_LINE_MAX + 1];
    size_t cap = 0;

    for (unsigned line = 1; s < end; line++) {
        const char *newline = memchr(s, '\n', (size_t)(end - s)), *next = newline != NULL ? newline + 1 : end;
        size_t n = (size_t)((newline != NULL ? newline : end) - s);
        struct nrs_col_record *r = &p->records[p->n];

        if (n > 0 && s[n - 1] == '\r')
            n--;
        if (n > 0 && nrs_col_line_read(r, out, p->device, s, n, reason) != 0) {
            (void)snprintf(why, NRS_COL_WHY + 16, "line %u: %s", line, reason);
            return NRS_ERR_FORMAT;
        }
        if (n > 0 && !keep(p, &cap, r))
            return NRS_ERR_SPACE;
        s = next;
    }
    s = p->text;
    for (unsigned i = 0; i < p->n; i++) {
        p->records[i].line = s;
        s += p->records[i].len;
    }
    return 0;
}

struct nrs_col_post *nrs_col_post_read(const char *device, const char *body, size_t len,
                                       char why[NRS_COL_WHY + 16])
{
    struct nrs_col_post *p = calloc(1, sizeof *p);
    size_t lines = count_newlines(body, len) + 1;
    int rc = NRS_ERR_SPACE;

    (void)snprintf(why, NRS_COL_WHY + 16, "out of memory");
    if (p == NULL)
        return NULL;
    (void)snprintf(p->device, sizeof p->device, "%s", device);
    if (lines > NRS_COL_POST_LINES) {
        (void)snprintf(why, NRS_COL_WHY + 16, "line %d: more lines than a request may have",
                       NRS_COL_POST_LINES + 1);
        goto out;
    }
    p->records = calloc(lines, sizeof *p->records);
    if (p->records != NULL)
        rc = read_lines(p, body, len > 0 ? body + len : body, why);
out:
    if (rc == 0)
        return p;
    nrs_col_post_free(p);
    return NULL;
}

void nrs_col_post_free(struct nrs_col_post *p)
{
    if (p == NULL)
        return;
    free(p->records);
    free(p->text);
    free(p);
}
