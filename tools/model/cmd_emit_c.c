/* emit-c: a model as C, for firmware that has no file system to load it from */
#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/commands.h"
#include "tools/model/outfile.h"

#define BYTES_A_LINE 16
#define NAME_MAX     64

static bool is_identifier(const char *name)
{
    size_t n = 0;

    for (; name[n]; n++)
        if (!(isalpha((unsigned char)name[n]) || name[n] == '_' ||
              (n > 0 && isdigit((unsigned char)name[n]))))
            return false;
    return n > 0 && n < NAME_MAX;
}

static void emit(FILE *to, const char *name, const struct nrs_nrm *f, const struct nrs_model *m)
{
    fprintf(to,
            "/* %s-%" PRIu32 ", schema %016" PRIx64 ", %zu bytes; made by noroshi-model emit-c.\n"
            " *\n"
            " * extern const unsigned char %s[];\n"
            " * extern const unsigned long %s_len;\n"
            " * static struct nrs_model model; (models/model.h)\n"
            " * struct nrs_model_envelope e;\n"
            " * const char *place;\n"
            " * if (nrs_model_envelope_read(&e, %s, %s_len, &place) == 0 &&\n"
            " *     nrs_model_load(&model, &e, &place) == 0)\n"
            " *     score = nrs_model_score(&model, x);\n"
            " *\n"
            " * The bytes stay where they are: the model points into them. What is compiled in is\n"
            " * trusted by the build; digest and signature are not looked at. */\n"
            "const unsigned char %s[] = {",
            m->schema->name, m->serial, nrs_schema_hash(m->schema), f->len, name, name, name, name, name);
    for (size_t i = 0; i < f->len; i++)
        fprintf(to, "%s%u,", i % BYTES_A_LINE ? " " : "\n    ", f->bytes[i]);
    fprintf(to, "\n};\nconst unsigned long %s_len = sizeof %s;\n", name, name);
}

int nrs_cmd_emit_c(int argc, char **argv)
{
    static const struct option options[] = {{"name", required_argument, NULL, 'n'}, {0}};
    const char *name = "noroshi_model", *out = "-", *path;
    struct nrs_model_envelope e;
    static struct nrs_model m;
    static struct nrs_nrm f;
    struct nrs_outfile file;
    struct nrs_why why;
    int c, exit_code;

    while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        if (c == '?')
            return nrs_cmd_bad_option(argv);
        *(c == 'n' ? &name : &out) = optarg;
    }
    if (!is_identifier(name))
        return nrs_cmd_fail(NRS_CMD_USAGE, name, "not a name in C");
    path = nrs_cmd_only_file(argc, argv);
    exit_code = path ? nrs_cmd_open_model(path, &f, &e, &m, NULL) : NRS_CMD_USAGE;
    if (exit_code)
        return exit_code;
    if (nrs_outfile_open(&file, out, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, out, why.text);
    emit(file.to, name, &f, &m);
    return nrs_outfile_close(&file, true, &why) ? nrs_cmd_fail(NRS_CMD_USAGE, out, why.text) : NRS_CMD_OK;
}
