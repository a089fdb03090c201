#include "tools/collector/records/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/records/fields.h"

int nrs_col_name_check(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > NRS_COL_NAME_MAX || name[0] == '.' || name[0] == '-')
        return NRS_ERR_FORMAT;
    for (; *name != '\0'; name++) {
        if (!nrs_col_is_name_char(*name))
            return NRS_ERR_FORMAT;
    }
    return 0;
}

static size_t count_newlines(const char *s, size_t n)
{
    size_t lines = 0;

    for (const char *p = s; n > 0 && (p = memchr(p, '\n', n - (size_t)(p - s))) != NULL; p++)
        lines++;
    return lines;
}

/* Goes through the lines of p->body. 0, or NRS_ERR_FORMAT with why. */
static int read_lines(struct nrs_col_post *p, char why[NRS_COL_WHY + 16])
{
    char reason[NRS_COL_WHY];
    const char *s = p->body, *end = p->body_len > 0 ? p->body + p->body_len : s;

    for (unsigned line = 1; s < end; line++) {
        const char *newline = memchr(s, '\n', (size_t)(end - s)), *next = newline != NULL ? newline + 1 : end;
        size_t n = (size_t)((newline != NULL ? newline : end) - s);

        if (n > 0 && s[n - 1] == '\r')
            n--;
        if (n > 0 && nrs_col_line_read(&p->records[p->n], s, n, reason) != 0) {
            (void)snprintf(why, NRS_COL_WHY + 16, "line %u: %s", line, reason);
            return NRS_ERR_FORMAT;
        }
        p->n += n > 0;
        s = next;
    }
    return 0;
}

struct nrs_col_post *nrs_col_post_read(const char *device, char *body, size_t len, char why[NRS_COL_WHY + 16])
{
    struct nrs_col_post *p = calloc(1, sizeof *p);
    size_t lines = count_newlines(body, len) + 1;
    int rc = NRS_ERR_SPACE;

    (void)snprintf(why, NRS_COL_WHY + 16, "out of memory");
    if (p == NULL) {
        free(body);
        return NULL;
    }
    p->body = body;
    p->body_len = len;
    (void)snprintf(p->device, sizeof p->device, "%s", device);
    if (lines > NRS_COL_POST_LINES) {
        (void)snprintf(why, NRS_COL_WHY + 16, "line %d: more lines than a request may have", NRS_COL_POST_LINES + 1);
        goto out;
    }
    p->records = calloc(lines, sizeof *p->records);
    if (p->records != NULL)
        rc = read_lines(p, why);
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
    free(p->body);
    free(p);
}
