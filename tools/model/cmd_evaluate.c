/* evaluate: a model on labelled rows, scored as on a device */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "models/kinds.h"
#include "tools/model/commands.h"
#include "tools/model/data.h"
#include "tools/model/decide.h"
#include "tools/model/outfile.h"
#include "tools/model/plot.h"

struct choice {
    const char *model, *data, *positive, *plot;
};

struct evaluation {
    struct nrs_model model;
    struct nrs_nrm file;
    struct nrs_data data;
    bool positive[NRS_DATA_LABELS_MAX]; /* of labels */
    struct nrs_scored *row[NRS_MODEL_THRESHOLDS];
    size_t n[NRS_MODEL_THRESHOLDS];
    struct nrs_reliability reliability;
    double brier; /* mean square of what was less what was said */
};

static int parse_option(void *choice, int c, struct nrs_why *why)
{
    struct choice *chosen = choice;

    (void)why;
    *(c == 'd' ? &chosen->data : c == 'p' ? &chosen->positive : &chosen->plot) = optarg;
    return 0;
}

static int parse(struct choice *chosen, int argc, char **argv)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 'd'}, {"positive", required_argument, NULL, 'p'},
        {"plot", required_argument, NULL, 'g'}, {0}};
    int exit_code = nrs_cmd_options(argc, argv, "", options, parse_option, chosen);

    if (exit_code)
        return exit_code;
    if (chosen->data == NULL)
        return nrs_cmd_fail(NRS_CMD_USAGE, "evaluate", "--data is needed; see noroshi-model --help");
    chosen->model = nrs_cmd_only_file(argc, argv);
    return chosen->model ? NRS_CMD_OK : NRS_CMD_USAGE;
}

/* Scores every row that has a label. */
static int score(struct evaluation *v)
{
    size_t n_rows = 0;

    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++) {
        v->row[w] = calloc(v->data.n + 1, sizeof v->row[w][0]);
        if (v->row[w] == NULL)
            return NRS_ERR_SPACE;
    }
    for (size_t i = 0; i < v->data.n; i++) {
        const uint16_t *x = nrs_data_row(&v->data, i);
        unsigned label = v->data.label[i], w = nrs_decide_threshold(v->model.schema, x), percent;
        struct nrs_scored s = {nrs_model_score(&v->model, x), v->positive[label]};
        double off;

        if (v->data.name[label][0] == '\0')
            continue;
        percent = nrs_model_risk(&v->model, s.mlogit);
        v->row[w][v->n[w]++] = s;
        v->reliability.n[percent / 10]++;
        v->reliability.positive[percent / 10] += s.positive;
        v->reliability.said[percent / 10] += percent;
        off = s.positive - percent / 100.0;
        v->brier += off * off;
        n_rows++;
    }
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        nrs_metrics_sort(v->row[w], v->n[w]);
    v->brier /= n_rows ? (double)n_rows : 1;
    return 0;
}

static void print_rates(const struct evaluation *v)
{
    printf("%-8s %8s %8s %7s %7s %8s %10s %7s %7s %8s %7s\n", "", "positive", "others", "AUC", "at 1 %",
           "at 0.1 %", "threshold", "found", "missed", "flagged", "quiet");
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++) {
        const struct nrs_scored *row = v->row[w];
        size_t n = v->n[w], n_positive = nrs_metrics_positive(row, n);
        int32_t threshold = v->model.threshold_mlogit[w];
        struct nrs_confusion c = nrs_metrics_confusion(row, n, threshold);

        if (n == 0)
            continue;
        printf("%-8s %8zu %8zu %7.4f %7.4f %8.4f %+10" PRId32 " %7zu %7zu %8zu %7zu\n",
               nrs_kind(v->model.schema->kind)->threshold[w], n_positive, n - n_positive,
               nrs_metrics_auc(row, n), nrs_metrics_found(row, n, 0.01), nrs_metrics_found(row, n, 0.001),
               threshold, c.found, c.missed, c.alarmed, c.quiet);
    }
}

static void print_calibration(const struct evaluation *v)
{
    const struct nrs_reliability *r = &v->reliability;

    printf("\n%-12s %8s %8s %8s\n", "calibration", "rows", "said", "were");
    for (unsigned i = 0; i < NRS_PLOT_DECILES; i++)
        if (r->n[i])
            printf("%2u..%2u %%     %8zu %6.1f %% %6.1f %%\n", i * 10, i * 10 + 9, r->n[i],
                   (double)r->said[i] / (double)r->n[i], 100 * (double)r->positive[i] / (double)r->n[i]);
    printf("Brier score  %.4f (mean square of what was less what was said)\n", v->brier);
}

static int plot(const struct evaluation *v, const struct choice *chosen)
{
    struct nrs_plot_series series[NRS_MODEL_THRESHOLDS];
    struct nrs_outfile file;
    struct nrs_why why;
    char title[512];
    unsigned n = 0;

    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        if (v->n[w])
            series[n++] = (struct nrs_plot_series){nrs_kind(v->model.schema->kind)->threshold[w], v->row[w],
                                                   v->n[w], v->model.threshold_mlogit[w]};
    snprintf(title, sizeof title, "%s-%" PRIu32 " on %s", v->model.schema->name, v->model.serial,
             chosen->data);
    if (nrs_outfile_open(&file, chosen->plot, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->plot, why.text);
    nrs_plot_write(file.to, title, series, n, &v->reliability);
    if (nrs_outfile_close(&file, true, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->plot, why.text);
    return NRS_CMD_OK;
}

static int evaluate_binary(struct evaluation *v, const struct choice *chosen)
{
    struct nrs_why why;

    if (chosen->positive == NULL)
        return nrs_cmd_fail(NRS_CMD_USAGE, "evaluate",
                            "--positive LABEL,... is needed: which rows should be flagged");
    if (nrs_data_choose(&v->data, chosen->positive, v->positive, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->data, why.text);
    if (score(v) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->data, "out of memory");
    print_rates(v);
    print_calibration(v);
    return chosen->plot ? plot(v, chosen) : NRS_CMD_OK;
}

/* Index of the output with a label's name, -1 if there is none. */
static int output_of(const struct nrs_model *m, const char *label)
{
    for (unsigned o = 0; o < m->n_outputs; o++)
        if (strcmp(m->output_name[o], label) == 0)
            return (int)o;
    return -1;
}

static void print_confusion(const struct nrs_model *m, size_t (*count)[NRS_MODEL_OUTPUTS_MAX])
{
    size_t right = 0, all = 0;

    printf("%-16s %8s %8s %8s  taken for\n", "class", "rows", "right", "share");
    for (unsigned o = 0; o < m->n_outputs; o++) {
        size_t rows = 0;

        for (unsigned i = 0; i < m->n_outputs; i++)
            rows += count[o][i];
        right += count[o][o];
        all += rows;
        if (rows == 0)
            continue;
        printf("%-16s %8zu %8zu %6.2f %% ", m->output_name[o], rows, count[o][o],
               100 * (double)count[o][o] / (double)rows);
        for (unsigned i = 0; i < m->n_outputs; i++)
            if (i != o && count[o][i])
                printf(" %s %zu", m->output_name[i], count[o][i]);
        putchar('\n');
    }
    printf("%-16s %8zu %8zu %6.2f %%\n", "all", all, right, all ? 100 * (double)right / (double)all : 0);
}

static int evaluate_classes(const struct evaluation *v, const struct choice *chosen)
{
    static size_t count[NRS_MODEL_OUTPUTS_MAX][NRS_MODEL_OUTPUTS_MAX];

    if (chosen->positive || chosen->plot)
        return nrs_cmd_fail(NRS_CMD_USAGE, "evaluate",
                            "--positive and --plot are for models with one output");
    for (size_t i = 0; i < v->data.n; i++) {
        const char *label = v->data.name[v->data.label[i]];
        int o = output_of(&v->model, label);

        if (label[0] == '\0')
            continue;
        if (o < 0)
            return nrs_cmd_fail(NRS_CMD_USAGE, label, "a label that is no output of the model");
        count[o][nrs_decide(&v->model, nrs_data_row(&v->data, i))]++;
    }
    print_confusion(&v->model, count);
    return NRS_CMD_OK;
}

static int evaluate(struct evaluation *v, const struct choice *chosen)
{
    struct nrs_model_envelope e;
    struct nrs_why why;
    int exit_code = nrs_cmd_open_model(chosen->model, &v->file, &e, &v->model, NULL);

    if (exit_code)
        return exit_code;
    if (nrs_data_read(&v->data, chosen->data, v->model.schema, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->data, why.text);
    return v->model.n_outputs == 1 ? evaluate_binary(v, chosen) : evaluate_classes(v, chosen);
}

int nrs_cmd_evaluate(int argc, char **argv)
{
    struct choice chosen = {.model = NULL};
    static struct evaluation v;
    int exit_code = parse(&chosen, argc, argv);

    if (exit_code == NRS_CMD_OK)
        exit_code = evaluate(&v, &chosen);
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        free(v.row[w]);
    nrs_data_done(&v.data);
    return exit_code;
}
