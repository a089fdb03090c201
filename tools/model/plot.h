/* tools/model/plot.h - the picture of `evaluate`: an SVG of two panels
 *
 * Left: of every series the share of positive rows found over the share of the others flagged, the latter on
 * a logarithmic axis from 0.1 %, with a mark at the threshold. Right: what the calibration says against what
 * was. */
#ifndef NRS_TOOL_PLOT_H
#define NRS_TOOL_PLOT_H
#include <stdio.h>

#include "tools/model/metrics.h"

#define NRS_PLOT_DECILES 10

struct nrs_plot_series {
    const char *name;
    const struct nrs_scored *row; /* sorted (nrs_metrics_sort) */
    size_t n;
    int32_t threshold_mlogit;
};

/* Rows by their calibrated percent: 0..9, 10..19 and so on; and the mean of these percents. */
struct nrs_reliability {
    /* said: sum of percents */
    size_t n[NRS_PLOT_DECILES], positive[NRS_PLOT_DECILES], said[NRS_PLOT_DECILES];
};

void nrs_plot_write(FILE *to, const char *title, const struct nrs_plot_series *series, unsigned n_series,
                    const struct nrs_reliability *reliability);

#endif
