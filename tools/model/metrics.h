/* tools/model/metrics.h - how well scores tell two kinds of rows apart */
#ifndef NRS_TOOL_METRICS_H
#define NRS_TOOL_METRICS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nrs_scored {
    int32_t mlogit;
    bool positive;
};

struct nrs_confusion {
    size_t found, missed;  /* positive rows: at or above the threshold, and below it */
    size_t alarmed, quiet; /* the other rows: at or above the threshold, and below it */
};

/* Highest score first; the functions below take rows in this order. */
void nrs_metrics_sort(struct nrs_scored *s, size_t n);

size_t nrs_metrics_positive(const struct nrs_scored *s, size_t n);

/* The chance that a positive row scores higher than another one (equal counts half); NAN without one of
 * both. */
double nrs_metrics_auc(const struct nrs_scored *s, size_t n);

/* The greatest share of positive rows that a threshold finds with at most this share of the others above
 * it. */
double nrs_metrics_found(const struct nrs_scored *s, size_t n, double false_share);

struct nrs_confusion nrs_metrics_confusion(const struct nrs_scored *s, size_t n, int32_t threshold_mlogit);

#endif
