/* The ranges that `svm-scale -s FILE` saves and `svm-scale -r FILE` applies:
 *
 *   file = "x" LF LOWER SP UPPER LF *( index SP MIN SP MAX LF )      indices from 1, ascending
 *
 * A column becomes LOWER + (UPPER - LOWER) * (x - MIN) / (MAX - MIN). One that is not listed had a single
 * value in the training data and is left out, so it weighs nothing. Scaled labels (a part "y" before it) are
 * refused. */
#include "tools/model/svm_scale.h"

#include <string.h>

#include "models/base/error.h"
#include "tools/model/words.h"

struct reading {
    const struct nrs_columns *columns;
    struct nrs_why *why;
    struct nrs_words text;
    double lower, upper;
};

static int refuse(struct reading *r, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: %s", r->text.line, what);
}

/* Two numbers and the end of the line. */
static bool read_pair(struct nrs_span line, double *first, double *second)
{
    struct nrs_span word;

    return nrs_line_word(&line, &word) && nrs_span_number(word, first) && nrs_line_word(&line, &word) &&
           nrs_span_number(word, second) && nrs_line_ends(line);
}

static int read_head(struct reading *r)
{
    struct nrs_span line;

    if (!nrs_words_line(&r->text, &line) || !nrs_span_is(line, "x"))
        return refuse(r, "not \"x\" alone: no ranges of svm-scale, or labels were scaled");
    if (!nrs_words_line(&r->text, &line) || !read_pair(line, &r->lower, &r->upper) || !(r->lower < r->upper))
        return refuse(r, "not a lower and an upper limit");
    return 0;
}

static int read_range(struct reading *r, struct nrs_span line, uint32_t *last, double *mul, double *add)
{
    struct nrs_span word;
    uint32_t index;
    double min, max;

    if (!nrs_line_word(&line, &word) || !nrs_span_whole(word, r->columns->n, &index) || index <= *last)
        return refuse(r, "not the index of a column, above the one before");
    if (!read_pair(line, &min, &max) || !(min < max))
        return refuse(r, "not a least and a greatest value");
    mul[index - 1] = (r->upper - r->lower) / (max - min);
    add[index - 1] = r->lower - mul[index - 1] * min;
    *last = index;
    return 0;
}

int nrs_svm_scale_read(double *mul, double *add, const struct nrs_columns *columns, const char *file,
                       size_t len, struct nrs_why *why)
{
    struct reading r = {.columns = columns, .why = why, .text = {.left = {file, file + len}}};
    struct nrs_span line;
    uint32_t last = 0;
    int rc = read_head(&r);

    memset(mul, 0, columns->n * sizeof *mul);
    memset(add, 0, columns->n * sizeof *add);
    while (rc == 0 && nrs_words_line(&r.text, &line))
        rc = read_range(&r, line, &last, mul, add);
    return rc || nrs_words_ends(&r.text) ? rc : refuse(&r, "the next one is cut off");
}
