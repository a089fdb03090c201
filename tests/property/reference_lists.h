/* tests/property/reference_lists.h - numbers of short lists, by counting instead of sorting */
#ifndef NRS_TEST_REFERENCE_LISTS_H
#define NRS_TEST_REFERENCE_LISTS_H
#include <stdint.h>

#define REF_LIST_MAX 24

typedef int64_t num;

struct list {
    num v[REF_LIST_MAX];
    int n;
};

static inline num at_most(num v, num limit)
{
    return v > limit ? limit : v;
}

static inline num share(num part, num whole, num unit, num limit)
{
    return whole ? at_most(part * unit / whole, limit) : 0;
}

static inline num distance(num a, num b)
{
    return a > b ? a - b : b - a;
}

/* Eighths of the logarithm: whole powers of two, straight lines between them. */
static inline num log_q3(num v)
{
    num power = 1, eighths = 0;

    while (power * 2 <= v) {
        power *= 2;
        eighths += 8;
    }
    return v < 1 ? 0 : at_most(eighths + (v - power) * 8 / power, 255);
}

/* What is left of a size or time: twelve significant bits. */
static inline num coarse(num v)
{
    num unit = 1;

    while (v / unit >= 4096)
        unit *= 2;
    return v / unit * unit;
}

/* The k-th smallest, from 0: the value with at most k smaller ones and more than k that are not larger. */
static inline num ranked(const struct list *l, int k)
{
    for (int i = 0; i < l->n; i++) {
        int below = 0, upto = 0;

        for (int j = 0; j < l->n; j++) {
            below += l->v[j] < l->v[i];
            upto += l->v[j] <= l->v[i];
        }
        if (below <= k && k < upto)
            return l->v[i];
    }
    return 0;
}

/* Of the values ranked from..from + n - 1. */
static inline num median_of_ranks(const struct list *l, int from, int n)
{
    return n ? (ranked(l, from + (n - 1) / 2) + ranked(l, from + n / 2)) / 2 : 0;
}

static inline num median(const struct list *l)
{
    return median_of_ranks(l, 0, l->n);
}

static inline num deviation(const struct list *l)
{
    struct list off = {.n = l->n};

    for (int i = 0; i < l->n; i++)
        off.v[i] = distance(l->v[i], median(l));
    return median(&off);
}

static inline num most_common(const struct list *l)
{
    num best = 0;

    for (int i = 0; i < l->n; i++) {
        num same = 0;

        for (int j = 0; j < l->n; j++)
            same += l->v[j] == l->v[i];
        best = same > best ? same : best;
    }
    return best;
}

#endif
