/* features: recorded traffic (or files) to a table of feature vectors */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/base/error.h"
#include "tools/model/commands.h"
#include "tools/model/outfile.h"
#include "tools/model/rows.h"
#include "tools/model/sources.h"
#include "tools/spans/spans.h"

#define MIN_CONNS 6 /* as the agent: fewer are not judged */

struct choice {
    const struct nrs_source *source;
    struct nrs_source_options options;
    struct nrs_classes classes;
    const char *labels, *label_column, *expand, *grams, *out;
};

static const struct nrs_source *const sources[] = {&nrs_source_beacon, &nrs_source_packer,
                                                   &nrs_source_packer_pe};

const struct nrs_source *nrs_source_of_name(const char *schema)
{
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        if (strcmp(sources[i]->schema->name, schema) == 0)
            return sources[i];
    return NULL;
}

static int parse_window(struct choice *chosen, const char *text)
{
    enum nrs_window window;

    if (!nrs_spans_named(text, &window))
        return NRS_ERR_RANGE;
    chosen->options.window[window] = true;
    return 0;
}

static int parse_option(void *choice, int c, struct nrs_why *why)
{
    struct choice *chosen = choice;

    switch (c) {
    case 's': chosen->source = nrs_source_of_name(optarg); return chosen->source ? 0 : NRS_ERR_RANGE;
    case 'w': return parse_window(chosen, optarg);
    case 'n': return nrs_cmd_number(optarg, 1000000, &chosen->options.min_conns);
    case 'c': return nrs_cmd_number(optarg, NRS_CORE_DEST_MAX, &chosen->options.capacity);
    case 'l': chosen->labels = optarg; return 0;
    case 'k': return nrs_classes_add(&chosen->classes, optarg, why);
    case 'L': chosen->label_column = optarg; return 0;
    case 'x': chosen->expand = optarg; return 0;
    case 'g': chosen->grams = optarg; return 0;
    default: chosen->out = optarg; return 0;
    }
}

static int parse(struct choice *chosen, int argc, char **argv)
{
    static const struct option options[] = {{"schema", required_argument, NULL, 's'},
                                            {"window", required_argument, NULL, 'w'},
                                            {"min-conns", required_argument, NULL, 'n'},
                                            {"capacity", required_argument, NULL, 'c'},
                                            {"labels", required_argument, NULL, 'l'},
                                            {"label-column", required_argument, NULL, 'L'},
                                            {"class", required_argument, NULL, 'k'},
                                            {"grams", required_argument, NULL, 'g'},
                                            {"expand", required_argument, NULL, 'x'},
                                            {0}};
    bool *window = chosen->options.window;
    int n_windows = 0, exit_code = nrs_cmd_options(argc, argv, "o:", options, parse_option, chosen);

    if (exit_code)
        return exit_code;
    if (chosen->out == NULL || optind == argc)
        return nrs_cmd_fail(NRS_CMD_USAGE, argv[0], "an input and -o are needed; see noroshi-model --help");
    if (chosen->classes.n && chosen->labels == NULL)
        return nrs_cmd_fail(NRS_CMD_USAGE, "--class", "needs --labels");
    for (int w = 0; w < NRS_WINDOWS; w++)
        n_windows += window[w];
    for (int w = 0; n_windows == 0 && w < NRS_WINDOWS; w++)
        window[w] = true;
    for (int i = optind; i < argc; i++)
        if (strcmp(argv[i], "-") == 0 && n_windows != 1)
            return nrs_cmd_fail(NRS_CMD_USAGE, "standard input", "can be read for one --window only");
    return NRS_CMD_OK;
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), n = strlen(end);

    return len >= n && strcmp(name + len - n, end) == 0;
}

static void add(void *rows, const char *const *id, const uint16_t *x)
{
    nrs_rows_add(rows, id, x);
}

static void say(void *none, const char *msg)
{
    (void)none;
    fprintf(stderr, "noroshi-model: %s\n", msg);
}

static int read_inputs(const struct choice *chosen, struct nrs_rows *rows, char **inputs, int n)
{
    struct nrs_why why;

    nrs_rows_begin(rows);
    for (int i = 0; i < n; i++)
        if (chosen->source->read(inputs[i], &chosen->options, add, rows, say, &why) != 0)
            return nrs_cmd_fail(NRS_CMD_USAGE, inputs[i], why.text);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "noroshi-model: %d input%s, %" PRIu64 " rows, %" PRIu64 " with a label\n", n,
                n == 1 ? "" : "s", rows->n, rows->n_labelled);
    if (chosen->labels && rows->n_labelled == 0)
        return nrs_cmd_fail(NRS_CMD_NO, chosen->labels, "no row has a label of it");
    return NRS_CMD_OK;
}

/* FILE.svm.columns: what the indices of FILE.svm mean. */
static int write_columns(struct nrs_rows *rows, const char *beside)
{
    struct nrs_outfile file;
    struct nrs_why why;
    char path[4096];
    int rc;

    if (snprintf(path, sizeof path, "%s.columns", beside) >= (int)sizeof path)
        return nrs_cmd_fail(NRS_CMD_USAGE, beside, "name too long");
    rc = nrs_outfile_open(&file, path, &why);
    if (rc == 0) {
        nrs_rows_list_columns(rows, file.to);
        rc = nrs_outfile_close(&file, true, &why);
    }
    return rc ? nrs_cmd_fail(NRS_CMD_USAGE, path, why.text) : NRS_CMD_OK;
}

static int write_table(const struct choice *chosen, struct nrs_rows *rows, char **inputs, int n)
{
    struct nrs_outfile file;
    struct nrs_why why;
    int exit_code;

    if (nrs_outfile_open(&file, chosen->out, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->out, why.text);
    rows->to = file.to;
    exit_code = read_inputs(chosen, rows, inputs, n);
    if (nrs_outfile_close(&file, exit_code == NRS_CMD_OK, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->out, why.text);
    return exit_code || !rows->svm ? exit_code : write_columns(rows, chosen->out);
}

static int features(const struct choice *chosen, struct nrs_rows *rows, char **inputs, int n)
{
    const struct nrs_source *source = chosen->source;
    struct nrs_labels labels = {.n = 0};
    struct nrs_why why;
    int exit_code = nrs_cmd_columns(&rows->columns, source->schema, chosen->expand, chosen->grams);

    if (exit_code == NRS_CMD_OK && chosen->labels &&
        nrs_labels_read(&labels, chosen->labels, chosen->label_column, source->ids, source->n_ids, &why) !=
            0)
        exit_code = nrs_cmd_fail(NRS_CMD_USAGE, chosen->labels, why.text);
    rows->labels = chosen->labels ? &labels : NULL;
    if (exit_code == NRS_CMD_OK)
        exit_code = write_table(chosen, rows, inputs, n);
    nrs_columns_done(&rows->columns);
    nrs_labels_done(&labels);
    return exit_code;
}

int nrs_cmd_features(int argc, char **argv)
{
    struct choice chosen = {
        .source = &nrs_source_beacon, .options.min_conns = MIN_CONNS, .label_column = "label"};
    struct nrs_rows rows = {.to = NULL};
    int exit_code = parse(&chosen, argc, argv);

    if (exit_code)
        return exit_code;
    rows.svm = ends_with(chosen.out, ".svm");
    rows.ids = chosen.source->ids;
    rows.n_ids = chosen.source->n_ids;
    rows.classes = chosen.classes;
    return features(&chosen, &rows, argv + optind, argc - optind);
}
