#include "tools/model/commands.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "platform/files.h"
#include "tools/model/outfile.h"

int nrs_cmd_fail(int exit_code, const char *place, const char *what)
{
    fprintf(stderr, "noroshi-model: %s: %s\n", place, what);
    return exit_code;
}

int nrs_cmd_bad_option(char **argv)
{
    return nrs_cmd_fail(NRS_CMD_USAGE, argv[optind - 1], "unknown option, or its value is missing");
}

int nrs_cmd_options(int argc, char **argv, const char *letters, const struct option *options,
                    int (*take)(void *choice, int c, struct nrs_why *why), void *choice)
{
    struct nrs_why why = {"not accepted here; see noroshi-model --help"};
    int c;

    while ((c = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (c == '?')
            return nrs_cmd_bad_option(argv);
        if (take(choice, c, &why) != 0)
            return nrs_cmd_fail(NRS_CMD_USAGE, optarg, why.text);
    }
    return NRS_CMD_OK;
}

const char *nrs_cmd_only_file(int argc, char **argv)
{
    if (optind + 1 == argc)
        return argv[optind];
    nrs_cmd_fail(NRS_CMD_USAGE, argv[0], "one file is expected; see noroshi-model --help");
    return NULL;
}

int nrs_cmd_number(const char *text, uint32_t max, uint32_t *out)
{
    unsigned long v;
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return NRS_ERR_RANGE;
    v = strtoul(text, &end, 10);
    if (*end != '\0' || v > max)
        return NRS_ERR_RANGE;
    *out = (uint32_t)v;
    return 0;
}

int nrs_cmd_load(const char *path, void *buf, size_t cap, size_t *len, struct nrs_why *why)
{
    int n = nrs_path_load(path, buf, cap);

    if (n == -EFBIG)
        return nrs_why(why, NRS_ERR_LIMIT, "larger than %zu bytes", cap - 1);
    if (n < 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(-n));
    *len = (size_t)n;
    return 0;
}

int nrs_cmd_open(const char *path, struct nrs_nrm *f, struct nrs_model_envelope *e)
{
    struct nrs_why why;

    if (nrs_cmd_load(path, f->bytes, sizeof f->bytes, &f->len, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, path, why.text);
    switch (nrs_nrm_open(e, f, &why)) {
    case 0: return NRS_CMD_OK;
    case NRS_ERR_SIGNATURE: return nrs_cmd_fail(NRS_CMD_NO, path, why.text);
    default: return nrs_cmd_fail(NRS_CMD_USAGE, path, why.text);
    }
}

int nrs_cmd_save(const char *path, const struct nrs_nrm *f)
{
    struct nrs_why why;
    int rc = nrs_outfile_replace(path, f->bytes, f->len, 0644, &why);

    return rc ? nrs_cmd_fail(NRS_CMD_USAGE, path, why.text) : NRS_CMD_OK;
}

int nrs_cmd_open_model(const char *path, struct nrs_nrm *f, struct nrs_model_envelope *e, struct nrs_model *m,
                       const struct nrs_schema *schema)
{
    const char *place = "";
    int exit_code = nrs_cmd_open(path, f, e), rc;

    if (exit_code)
        return exit_code;
    rc = schema ? nrs_model_load_as(m, e, schema, &place) : nrs_model_load(m, e, &place);
    return rc ? nrs_cmd_fail(NRS_CMD_USAGE, path, place) : NRS_CMD_OK;
}

static void print_range(const char *name, const uint8_t *cuts, unsigned n_bins, unsigned bin, unsigned max)
{
    unsigned from = bin ? nrs_get_u16le(cuts + 2 * (bin - 1)) : 0;
    unsigned to = bin + 1 < n_bins ? nrs_get_u16le(cuts + 2 * bin) - 1u : max;

    if (from == to)
        printf("%s=%u", name, from);
    else
        printf("%s=%u..%u", name, from, to);
}

void nrs_cmd_print_cell(const struct nrs_model *m, unsigned term, unsigned cell)
{
    const struct nrs_term *t = &m->term[term];
    const struct nrs_feature *a = &m->schema->features[t->a], *b = &m->schema->features[t->b];

    if (t->type == NRS_TERM_GRAMS) {
        printf("start bucket %u", cell);
    } else if (t->type == NRS_TERM_LINEAR) {
        printf("%s=%u", a->name, a->max);
    } else {
        print_range(a->name, t->cuts_a, t->n_a, cell / t->n_b, a->max);
        if (t->type == NRS_TERM_CROSS) {
            putchar(' ');
            print_range(b->name, t->cuts_b, t->n_b, cell % t->n_b, b->max);
        }
    }
}

int nrs_cmd_columns(struct nrs_columns *c, const struct nrs_schema *schema, const char *expand,
                    const char *grams)
{
    static struct nrs_nrm file;
    static struct nrs_model model;
    struct nrs_model_envelope e;
    int exit_code = expand ? nrs_cmd_open_model(expand, &file, &e, &model, schema) : NRS_CMD_OK;

    if (exit_code)
        return exit_code;
    if (nrs_columns_init(c, schema, expand ? &model : NULL) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, schema->name, "out of memory");
    if (grams && nrs_columns_add_grams(c, grams) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, grams, "not n-grams like 2,3:64:9 of raw columns of files");
    return NRS_CMD_OK;
}
