#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/base/error.h"
#include "models/base/units.h"
#include "models/kinds.h"
#include "tools/model/commands.h"
#include "tools/model/export.h"
#include "tools/model/readers.h"
#include "tools/model/svm_scale.h"

#define TRAINED_BYTES_MAX (16u << 20)
#define DAYS_MAX          36500
#define THRESHOLD_MAX     1e6 /* logits */

struct choice {
    const struct nrs_trained_reader *reader; /* NULL: by content */
    const struct nrs_schema *schema;
    const char *expand; /* model whose bins the trainer's columns are, NULL: raw features */
    const char *grams;  /* n-grams after the raw features, NULL: none */
    const char *scale;  /* ranges of svm-scale, NULL: none */
    struct nrs_linear_choice linear;
    double threshold[NRS_MODEL_THRESHOLDS];
    struct nrs_nrm_head head;
    const char *in, *out;
    const char *data; /* rows for the report, NULL: none */
    bool report;
};

/* "1.2.3" as major << 16 | minor << 8 | patch */
static int parse_version(const char *text, uint32_t *out)
{
    unsigned major, minor, patch;
    char rest;

    if (sscanf(text, "%3u.%3u.%3u%c", &major, &minor, &patch, &rest) != 3 || major > 255 || minor > 255 ||
        patch > 255)
        return NRS_ERR_RANGE;
    *out = major << 16 | minor << 8 | patch;
    return 0;
}

static int parse_expiry(const char *text, uint32_t *day)
{
    uint32_t days;

    if (nrs_cmd_number(text, DAYS_MAX, &days) != 0)
        return NRS_ERR_RANGE;
    *day = days ? (uint32_t)(time(NULL) / NRS_S_PER_DAY) + days : 0;
    return 0;
}

/* One threshold for all windows, or three: 1 h, 6 h, 24 h. */
static int parse_thresholds(struct choice *chosen, const char *text)
{
    double *v = chosen->threshold;
    char rest;
    int n = sscanf(text, "%lf,%lf,%lf%c", &v[0], &v[1], &v[2], &rest);

    if (n == 1 && strchr(text, ',') == NULL)
        v[1] = v[2] = v[0];
    else if (n != NRS_MODEL_THRESHOLDS)
        return NRS_ERR_RANGE;
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        if (!(fabs(v[w]) < THRESHOLD_MAX))
            return NRS_ERR_RANGE;
    chosen->linear.threshold = v;
    return 0;
}

/* "auto" is what stands without the option. */
static int parse_reader(const char *name, const struct nrs_trained_reader **reader)
{
    *reader = nrs_trained_reader_of_name(name);
    return *reader || strcmp(name, "auto") == 0 ? 0 : NRS_ERR_RANGE;
}

static int parse_schema(const char *name, const struct nrs_schema **schema)
{
    const struct nrs_kind *kind = nrs_kind_of_name(name);

    if (kind == NULL)
        return NRS_ERR_RANGE;
    *schema = kind->schema;
    return 0;
}

static int parse_option(void *choice, int c, struct nrs_why *why)
{
    struct choice *chosen = choice;

    (void)why;
    switch (c) {
    case 'f': return parse_reader(optarg, &chosen->reader);
    case 'x': chosen->expand = optarg; return 0;
    case 'g': chosen->grams = optarg; return 0;
    case 'p': chosen->linear.flagged = optarg; return 0;
    case 'l': chosen->linear.labels = optarg; return 0;
    case 'c': chosen->scale = optarg; return 0;
    case 't': return parse_thresholds(chosen, optarg);
    case 's': return parse_schema(optarg, &chosen->schema);
    case 'n': return nrs_cmd_number(optarg, UINT32_MAX, &chosen->head.serial);
    case 'e': return parse_expiry(optarg, &chosen->head.expires_day);
    case 'm': return parse_version(optarg, &chosen->head.min_agent);
    case 'r': chosen->report = true; return 0;
    case 'd': chosen->data = optarg; chosen->report = true; return 0;
    default: chosen->out = optarg; return 0;
    }
}

static int parse(struct choice *chosen, int argc, char **argv)
{
    static const struct option options[] = {{"from", required_argument, NULL, 'f'},
                                            {"schema", required_argument, NULL, 's'},
                                            {"expand", required_argument, NULL, 'x'},
                                            {"grams", required_argument, NULL, 'g'},
                                            {"scale", required_argument, NULL, 'c'},
                                            {"flagged", required_argument, NULL, 'p'},
                                            {"labels", required_argument, NULL, 'l'},
                                            {"threshold", required_argument, NULL, 't'},
                                            {"serial", required_argument, NULL, 'n'},
                                            {"expires", required_argument, NULL, 'e'},
                                            {"min-agent", required_argument, NULL, 'm'},
                                            {"report", no_argument, NULL, 'r'},
                                            {"data", required_argument, NULL, 'd'},
                                            {0}};
    int exit_code = nrs_cmd_options(argc, argv, "o:", options, parse_option, chosen);

    if (exit_code)
        return exit_code;
    if (chosen->out == NULL)
        return nrs_cmd_fail(NRS_CMD_USAGE, "export", "-o is needed; see noroshi-model --help");
    chosen->in = nrs_cmd_only_file(argc, argv);
    return chosen->in ? NRS_CMD_OK : NRS_CMD_USAGE;
}

/* mul and add of every column, from one block that the caller frees through *mul. */
static int read_scale(const struct choice *chosen, const struct nrs_columns *columns, char *text,
                      double **mul, struct nrs_why *why)
{
    size_t len;
    int rc = nrs_cmd_load(chosen->scale, text, TRAINED_BYTES_MAX, &len, why);

    *mul = calloc(2 * (size_t)columns->n, sizeof **mul);
    if (*mul == NULL)
        return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    return rc ? rc : nrs_svm_scale_read(*mul, *mul + columns->n, columns, text, len, why);
}

/* Returns an exit code: which of the files is at fault is said here. */
static int read_trained(const struct choice *chosen, const struct nrs_columns *columns, struct nrs_trained *t)
{
    struct nrs_linear_choice linear = chosen->linear;
    char *text = malloc(TRAINED_BYTES_MAX);
    const char *at_fault = chosen->in;
    double *mul = NULL;
    struct nrs_why why;
    size_t len;
    int rc = text ? 0 : nrs_why(&why, NRS_ERR_SPACE, "out of memory");

    if (rc == 0 && chosen->scale) {
        rc = read_scale(chosen, columns, text, &mul, &why);
        at_fault = rc ? chosen->scale : chosen->in;
        linear.mul = mul;
        linear.add = mul ? mul + columns->n : NULL;
    }
    if (rc == 0)
        rc = nrs_cmd_load(chosen->in, text, TRAINED_BYTES_MAX, &len, &why);
    if (rc == 0)
        rc = nrs_trained_read(t, chosen->reader, columns, &linear, text, len, &why);
    free(mul);
    free(text);
    return rc ? nrs_cmd_fail(NRS_CMD_USAGE, at_fault, why.text) : NRS_CMD_OK;
}

static int report(const struct choice *chosen, const struct nrs_trained *t, const struct nrs_export *x)
{
    struct nrs_data data = {.n = 0};
    struct nrs_why why;
    int exit_code = NRS_CMD_OK;

    if (chosen->data && nrs_data_read(&data, chosen->data, chosen->schema, &why) != 0)
        exit_code = nrs_cmd_fail(NRS_CMD_USAGE, chosen->data, why.text);
    else
        nrs_export_report(x, t, chosen->data ? &data : NULL);
    nrs_data_done(&data);
    return exit_code;
}

static int export(const struct choice *chosen, const struct nrs_columns *columns, struct nrs_trained *t,
                  struct nrs_export *x)
{
    struct nrs_why why;
    int exit_code = read_trained(chosen, columns, t);

    if (exit_code)
        return exit_code;
    if (nrs_export_run(x, t, &chosen->head, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->in, why.text);
    exit_code = nrs_cmd_save(chosen->out, &x->file);
    return exit_code == NRS_CMD_OK && chosen->report ? report(chosen, t, x) : exit_code;
}

int nrs_cmd_export(int argc, char **argv)
{
    struct choice chosen = {.schema = &nrs_schema_beacon, .head.serial = 1};
    static struct nrs_trained trained;
    static struct nrs_columns columns;
    static struct nrs_export x;
    int exit_code = parse(&chosen, argc, argv);

    if (exit_code)
        return exit_code;
    nrs_trained_init(&trained, chosen.schema);
    exit_code = nrs_cmd_columns(&columns, chosen.schema, chosen.expand, chosen.grams);
    if (exit_code == NRS_CMD_OK)
        exit_code = export(&chosen, &columns, &trained, &x);
    nrs_export_done(&x);
    nrs_trained_done(&trained);
    nrs_columns_done(&columns);
    return exit_code;
}
