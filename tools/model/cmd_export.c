#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "models/error.h"
#include "tools/model/commands.h"
#include "tools/model/export.h"
#include "tools/model/outfile.h"
#include "tools/model/readers.h"

#define TRAINED_BYTES_MAX (16u << 20)
#define DAY_S             86400
#define DAYS_MAX          36500

struct choice {
    const struct nrs_reader *reader;
    const struct nrs_schema *schema;
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

static int parse_option(struct choice *chosen, int c)
{
    switch (c) {
    case 'f': chosen->reader = nrs_reader_of_name(optarg); return chosen->reader ? 0 : NRS_ERR_RANGE;
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
    if (chosen->reader == NULL || chosen->out == NULL)
        return nrs_cmd_fail(NRS_EXIT_USAGE, "export", "--from and -o are needed; see noroshi-model --help");
    chosen->in = nrs_cmd_only_file(argc, argv);
    return chosen->in ? NRS_EXIT_OK : NRS_EXIT_USAGE;
}

static int read_trained(const struct choice *chosen, struct nrs_trained *t, struct nrs_note *note)
{
    char *text = malloc(TRAINED_BYTES_MAX);
    size_t len;
    int rc;

    if (text == NULL)
        return nrs_note_set(note, NRS_ERR_SPACE, "out of memory");
    rc = nrs_cmd_load(chosen->in, text, TRAINED_BYTES_MAX, &len, note);
    if (rc == 0)
        rc = chosen->reader->read(t, text, len, note);
    if (rc == 0)
        rc = nrs_trained_check(t, note);
    free(text);
    return rc;
}

static int export(const struct choice *chosen, struct nrs_trained *t, struct nrs_export *x)
{
    struct nrs_note note;
    int rc = read_trained(chosen, t, &note);

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
