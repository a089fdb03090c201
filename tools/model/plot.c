#include "tools/model/plot.h"

#include <math.h>

#define SIDE      320 /* of a panel, pixels */
#define LEFT      60
#define TOP       50
#define BETWEEN   90
#define LEAST_LOG (-3.0) /* the false share's axis begins at 10^-3 */

static const char *const colours[] = {"#c0392b", "#2471a3", "#1e8449"};

static double x_of_share(double share)
{
    double at = share > 0 ? log10(share) : LEAST_LOG;

    return LEFT + SIDE * (fmax(at, LEAST_LOG) - LEAST_LOG) / -LEAST_LOG;
}

static double y_of_share(double share)
{
    return TOP + SIDE * (1 - share);
}

static void put_text(FILE *to, double x, double y, const char *anchor, const char *text)
{
    fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    for (; *text; text++) {
        if (*text == '<' || *text == '&')
            fputs(*text == '<' ? "&lt;" : "&amp;", to);
        else
            putc(*text, to);
    }
    fputs("</text>\n", to);
}

static void put_frame(FILE *to, double left, const char *title, const char *below)
{
    static const char *const shares[] = {"0", "25 %", "50 %", "75 %", "100 %"};

    fprintf(to, "<rect x=\"%.1f\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#888\"/>\n",
            left, TOP, SIDE, SIDE);
    for (int i = 0; i <= 4; i++) {
        double y = y_of_share(i / 4.0);

        fprintf(to, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", left, y,
                left + SIDE, y);
        put_text(to, left - 6, y + 4, "end", shares[i]);
    }
    put_text(to, left + SIDE / 2.0, TOP - 12, "middle", title);
    put_text(to, left + SIDE / 2.0, TOP + SIDE + 38, "middle", below);
}

/* The highest found share that each false share allows, as a line of steps. */
static void put_curve(FILE *to, const struct nrs_plot_series *s, const char *colour)
{
    double n_positive = (double)nrs_metrics_positive(s->row, s->n), n_others = (double)s->n - n_positive;
    double found = 0, alarmed = 0;

    fprintf(to, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"%.1f,%.1f", colour,
            x_of_share(0), y_of_share(0));
    for (size_t i = 0; i < s->n; i++) {
        found += s->row[i].positive;
        alarmed += !s->row[i].positive;
        if (i + 1 == s->n || s->row[i + 1].mlogit != s->row[i].mlogit)
            fprintf(to, " %.1f,%.1f", x_of_share(alarmed / n_others), y_of_share(found / n_positive));
    }
    fputs("\"/>\n", to);
}

static void put_threshold(FILE *to, const struct nrs_plot_series *s, const char *colour)
{
    struct nrs_confusion c = nrs_metrics_confusion(s->row, s->n, s->threshold_mlogit);

    fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n",
            x_of_share((double)c.alarmed / (double)(c.alarmed + c.quiet)),
            y_of_share((double)c.found / (double)(c.found + c.missed)), colour);
}

static void put_rates(FILE *to, const struct nrs_plot_series *series, unsigned n_series)
{
    static const char *const shares[] = {"0.1 %", "1 %", "10 %", "100 %"};
    char text[96];

    put_frame(to, LEFT, "found, by share of others flagged", "others flagged");
    for (int i = 0; i <= 3; i++)
        put_text(to, x_of_share(pow(10, i - 3)), TOP + SIDE + 18, "middle", shares[i]);
    for (unsigned i = 0; i < n_series; i++) {
        const char *colour = colours[i % 3];
        double auc = nrs_metrics_auc(series[i].row, series[i].n),
               y = TOP + SIDE - 12 - 18 * (n_series - 1 - i);

        if (isnan(auc))
            continue;
        put_curve(to, &series[i], colour);
        put_threshold(to, &series[i], colour);
        snprintf(text, sizeof text, "%s  AUC %.3f", series[i].name, auc);
        fprintf(to, "<g fill=\"%s\">", colour);
        put_text(to, LEFT + SIDE - 8, y, "end", text);
        fputs("</g>\n", to);
    }
}

static void put_reliability(FILE *to, const struct nrs_reliability *r)
{
    double left = LEFT + SIDE + BETWEEN, width = SIDE / (double)NRS_PLOT_DECILES;
    char text[32];

    put_frame(to, left, "positive, by calibrated percent", "what the calibration says");
    fprintf(
        to,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#888\" stroke-dasharray=\"4\"/>\n",
        left, y_of_share(0), left + SIDE, y_of_share(1));
    for (int i = 0; i < NRS_PLOT_DECILES; i++) {
        double share = r->n[i] ? (double)r->positive[i] / (double)r->n[i] : 0, x = left + i * width;

        fprintf(to,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#2471a3\" "
                "fill-opacity=\"0.5\"/>\n",
                x + 2, y_of_share(share), width - 4, SIDE * share);
        snprintf(text, sizeof text, "%zu", r->n[i]);
        if (r->n[i])
            put_text(to, x + width / 2, y_of_share(share) - 4, "middle", text);
        snprintf(text, sizeof text, "%d", i * 100 / NRS_PLOT_DECILES);
        put_text(to, x, TOP + SIDE + 18, "middle", text);
    }
}

void nrs_plot_write(FILE *to, const char *title, const struct nrs_plot_series *series, unsigned n_series,
                    const struct nrs_reliability *reliability)
{
    int width = LEFT + 2 * SIDE + BETWEEN + 30, height = TOP + SIDE + 60;

    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
            width, height, width, height, width, height);
    put_text(to, LEFT, 20, "start", title);
    put_rates(to, series, n_series);
    put_reliability(to, reliability);
    fputs("</svg>\n", to);
}
