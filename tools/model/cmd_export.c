#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/error.h"
#include "tools/model/commands.h"
#include "tools/model/export.h"
#include "tools/model/outfile.h"
#include "tools/model/readers.h"

#define TRAINED_BYTES_MAX (16u << 20)
#define DAY_S             86400
#define DAYS_MAX          36500
#define THRESHOLD_MAX     1e6 /* logits */

struct choice {
    const struct nrs_reader *reader; /* NULL: by content */
    const struct nrs_schema *schema;
    const char *expand; /* model whose bins the trainer's columns are, NULL: raw features */
    struct nrs_linear_choice linear;
    struct nrs_nrm_head head;
    const char *in, *out;
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
    *day = days ? (uint32_t)(time(NULL) / DAY_S) + days : 0;
    return 0;
}

/* One threshold for all windows, or three: 1 h, 6 h, 24 h. */
static int parse_thresholds(const char *text, double *threshold)
{
    double v[NRS_MODEL_WINDOWS];
    char rest;
    int n = sscanf(text, "%lf,%lf,%lf%c", &v[0], &v[1], &v[2], &rest);

    if (n == 1 && strchr(text, ',') == NULL)
        v[1] = v[2] = v[0];
    else if (n != NRS_MODEL_WINDOWS)
        return NRS_ERR_RANGE;
    for (unsigned w = 0; w < NRS_MODEL_WINDOWS; w++)
        if (!(fabs(v[w]) < THRESHOLD_MAX))
            return NRS_ERR_RANGE;
    memcpy(threshold, v, sizeof v);
    return 0;
}

/* "auto" is what stands without the option. */
static int parse_reader(const char *name, const struct nrs_reader **reader)
{
    *reader = nrs_reader_of_name(name);
    return *reader || strcmp(name, "auto") == 0 ? 0 : NRS_ERR_RANGE;
}

static int parse_option(struct choice *chosen, int c)
{
    switch (c) {
    case 'f': return parse_reader(optarg, &chosen->reader);
    case 'x': chosen->expand = optarg; return 0;
    case 'p': chosen->linear.flagged = optarg; return 0;
    case 'l': chosen->linear.labels = optarg; return 0;
    case 't': return parse_thresholds(optarg, chosen->linear.threshold);
    case 's': chosen->schema = nrs_schema_of_name(optarg); return chosen->schema ? 0 : NRS_ERR_RANGE;
    case 'n': return nrs_cmd_number(optarg, UINT32_MAX, &chosen->head.serial);
    case 'e': return parse_expiry(optarg, &chosen->head.expires_day);
    case 'm': return parse_version(optarg, &chosen->head.min_agent);
    case 'r': chosen->report = true; return 0;
    default: chosen->out = optarg; return 0;
    }
}

static int parse(struct choice *chosen, int argc, char **argv)
{
    static const struct option options[] = {{"from", required_argument, NULL, 'f'},
                                            {"schema", required_argument, NULL, 's'},
                                            {"expand", required_argument, NULL, 'x'},
                                            {"flagged", required_argument, NULL, 'p'},
                                            {"labels", required_argument, NULL, 'l'},
                                            {"threshold", required_argument, NULL, 't'},
                                            {"serial", required_argument, NULL, 'n'},
                                            {"expires", required_argument, NULL, 'e'},
                                            {"min-agent", required_argument, NULL, 'm'},
                                            {"report", no_argument, NULL, 'r'},
                                            {0}};
    int c;

    while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        if (c == '?')
            return nrs_cmd_bad_option(argv);
        if (parse_option(chosen, c) != 0)
            return nrs_cmd_fail(NRS_EXIT_USAGE, optarg, "not accepted here; see noroshi-model --help");
    }
    if (chosen->out == NULL)
        return nrs_cmd_fail(NRS_EXIT_USAGE, "export", "-o is needed; see noroshi-model --help");
    chosen->in = nrs_cmd_only_file(argc, argv);
    return chosen->in ? NRS_EXIT_OK : NRS_EXIT_USAGE;
}

/* The columns that the trainer had. */
static int find_columns(const struct choice *chosen, struct nrs_columns *columns, struct nrs_note *note)
{
    static struct nrs_nrm file; /* the columns' cuts stay in it */
    static struct nrs_model model;
    struct nrs_model_envelope e;
    const char *place = "";
    int rc;

    if (chosen->expand == NULL) {
        nrs_columns_raw(columns, chosen->schema);
        return 0;
    }
    rc = nrs_cmd_load(chosen->expand, file.bytes, sizeof file.bytes, &file.len, note);
    if (rc == 0)
        rc = nrs_nrm_open(&e, &file, note);
    if (rc)
        return rc;
    rc = nrs_model_load_as(&model, &e, chosen->schema, &place);
    if (rc)
        return nrs_note_set(note, rc, "%s", place);
    nrs_columns_expanded(columns, &model);
    return 0;
}

static int read_trained(const struct choice *chosen, const struct nrs_columns *columns, struct nrs_trained *t,
                        struct nrs_note *note)
{
    char *text = malloc(TRAINED_BYTES_MAX);
    size_t len;
    int rc;

    if (text == NULL)
        return nrs_note_set(note, NRS_ERR_SPACE, "out of memory");
    rc = nrs_cmd_load(chosen->in, text, TRAINED_BYTES_MAX, &len, note);
    if (rc == 0)
        rc = nrs_trained_read(t, chosen->reader, columns, &chosen->linear, text, len, note);
    free(text);
    return rc;
}

static int export(const struct choice *chosen, struct nrs_trained *t, struct nrs_export *x)
{
    static struct nrs_columns columns;
    struct nrs_note note;
    int rc = find_columns(chosen, &columns, &note);

    if (rc)
        return nrs_cmd_fail(NRS_EXIT_USAGE, chosen->expand, note.text);
    rc = read_trained(chosen, &columns, t, &note);
    if (rc == 0)
        rc = nrs_export_run(x, t, &chosen->head, &note);
    if (rc)
        return nrs_cmd_fail(NRS_EXIT_USAGE, chosen->in, note.text);
    if (nrs_outfile_replace(chosen->out, x->file.bytes, x->file.len, 0644, &note) != 0)
        return nrs_cmd_fail(NRS_EXIT_USAGE, chosen->out, note.text);
    if (chosen->report)
        nrs_export_report(x, t);
    return NRS_EXIT_OK;
}

int nrs_cmd_export(int argc, char **argv)
{
    struct choice chosen = {.schema = &nrs_schema_beacon, .head.serial = 1};
    static struct nrs_trained trained;
    static struct nrs_export x;
    int exit_code = parse(&chosen, argc, argv);

    if (exit_code)
        return exit_code;
    nrs_trained_init(&trained, chosen.schema);
    exit_code = export(&chosen, &trained, &x);
    nrs_export_done(&x);
    nrs_trained_done(&trained);
    return exit_code;
}
