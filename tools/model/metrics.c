#include "tools/model/metrics.h"

#include <math.h>
#include <stdlib.h>

static int higher_first(const void *left, const void *right)
{
    const struct nrs_scored *l = left, *r = right;

    return (l->mlogit < r->mlogit) - (l->mlogit > r->mlogit);
}

void nrs_metrics_sort(struct nrs_scored *s, size_t n)
{
    qsort(s, n, sizeof s[0], higher_first);
}

size_t nrs_metrics_positive(const struct nrs_scored *s, size_t n)
{
    size_t n_positive = 0;

    for (size_t i = 0; i < n; i++)
        n_positive += s[i].positive;
    return n_positive;
}

/* Rows from `from` on with the same score; counts both kinds among them. */
static size_t step(const struct nrs_scored *s, size_t n, size_t from, size_t *positive, size_t *others)
{
    size_t to = from;

    *positive = *others = 0;
    for (; to < n && s[to].mlogit == s[from].mlogit; to++) {
        *positive += s[to].positive;
        *others += !s[to].positive;
    }
    return to;
}

double nrs_metrics_auc(const struct nrs_scored *s, size_t n)
{
    size_t n_positive = nrs_metrics_positive(s, n), n_others = n - n_positive, positive, others, above = 0;
    double pairs = 0;

    if (n_positive == 0 || n_others == 0)
        return NAN;
    for (size_t i = 0; i < n; above += positive) {
        i = step(s, n, i, &positive, &others);
        pairs += (double)others * ((double)above + (double)positive / 2);
    }
    return pairs / ((double)n_positive * (double)n_others);
}

double nrs_metrics_found(const struct nrs_scored *s, size_t n, double false_share)
{
    size_t n_positive = nrs_metrics_positive(s, n), n_others = n - n_positive, positive, others;
    size_t found = 0, alarmed = 0;

    for (size_t i = 0; i < n; found += positive) {
        i = step(s, n, i, &positive, &others);
        alarmed += others;
        if ((double)alarmed > false_share * (double)n_others)
            break;
    }
    return n_positive ? (double)found / (double)n_positive : NAN;
}

struct nrs_confusion nrs_metrics_confusion(const struct nrs_scored *s, size_t n, int32_t threshold_mlogit)
{
    struct nrs_confusion c = {0, 0, 0, 0};

    for (size_t i = 0; i < n; i++) {
        bool flagged = s[i].mlogit >= threshold_mlogit;

        if (s[i].positive)
            *(flagged ? &c.found : &c.missed) += 1;
        else
            *(flagged ? &c.alarmed : &c.quiet) += 1;
    }
    return c;
}
