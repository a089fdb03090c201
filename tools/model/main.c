#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "tools/model/commands.h"
#include "tools/model/readers.h"
#include "version.h"

static const char help[] =
    "noroshi-model - makes, shows and signs model files (.nrm)\n"
    "\n"
    "  noroshi-model schema [NAME]\n"
    "      the features of a schema, their maxima and its hash, as JSON for a trainer; default: beacon\n"
    "  noroshi-model features INPUT... -o TABLE [--schema NAME] [--window W]... [--min-conns N]\n"
    "                         [--capacity N] [--labels TSV [--label-column NAME]\n"
    "                         [--class NAME[=LABEL,...]]...]\n"
    "                         [--expand FILE.nrm | --grams RUNS:REACH:BITS]\n"
    "      the features of recorded traffic, or of executables and folders (--schema packer, packer_pe),\n"
    "      computed as on a device, as CSV, or for LIBSVM if TABLE ends in .svm\n"
    "  noroshi-model export MODEL -o FILE.nrm [--from FORMAT] [--schema NAME]\n"
    "                       [--expand FILE.nrm | --grams RUNS:REACH:BITS]\n"
    "                       [--scale RANGES] [--flagged LABEL] [--labels A,B,...]\n"
    "                       [--threshold LOGIT | 1H,6H,24H]\n"
    "                       [--serial N] [--expires DAYS] [--min-agent X.Y.Z] [--report [--data TABLE.csv]]\n"
    "      quantises a trained model, finds how far its scores can be off, writes it unsigned\n"
    "      --from       the trainer's format (below); without it, or with auto, by the content\n"
    "      --expand     the columns are the bins of this model, not the features themselves\n"
    "      --grams      after the features come hashed n-grams of the start bytes: 2,3:64:9 is runs of 2\n"
    "                   and 3 bytes among the first 64, in 2^9 buckets\n"
    "      --scale      the ranges that svm-scale -s saved, if the trainer was given scaled columns\n"
    "      --flagged    which of two labels means flagged, where they are not 0/1, -1/1 or false/true\n"
    "      --labels     the classes' names in the order of the file, where it has none\n"
    "      --threshold  flagged from this score on (0), for all windows or for each\n"
    "  noroshi-model inspect FILE.nrm\n"
    "      header, outputs, thresholds, calibration, terms and the strongest weights\n"
    "  noroshi-model evaluate FILE.nrm --data TABLE.csv [--positive LABEL,...] [--plot FILE.svg]\n"
    "      on labelled rows of `features`: AUC, rates, confusion and calibration; of several outputs the\n"
    "      confusion\n"
    "  noroshi-model compare FIRST.nrm SECOND.nrm [--data TABLE.csv]\n"
    "      thresholds and terms that differ; on rows of `features` also the decisions; ends with 1 if\n"
    "      any differ\n"
    "  noroshi-model update FILE.nrm [--feedback FILE.ndjson]... (-o FILE.nrm | --dry-run) [--quanta N]\n"
    "                       [--serial N] [--data TABLE.csv [--positive LABEL,...] [--negative LABEL,...]]\n"
    "      learns from marks on alerts, each weight by at most N (16) steps, and shows what changed;\n"
    "      --positive names rows whose alerts are to stay, --negative rows that must not be flagged\n"
    "  noroshi-model emit-c FILE.nrm [--name IDENTIFIER] [-o FILE.c]\n"
    "      the model as an array in C, for firmware without a file system\n"
    "  noroshi-model keygen -o KEY.pem\n"
    "      a new signing key (ECDSA P-256), readable by its owner only, and KEY.pub.pem beside it\n"
    "  noroshi-model sign --key KEY.pem FILE.nrm\n"
    "  noroshi-model verify --pub KEY.pub.pem FILE.nrm\n"
    "      verify ends with 0 if digest and signature fit, 1 if not\n"
    "  noroshi-model bump --serial N FILE.nrm\n"
    "      the same model under another serial, unsigned again\n"
    "\n"
    "  --schema NAME      default: beacon\n"
    "  --serial N         grows with every issue; agents take no older one; default 1\n"
    "  --expires DAYS     from today; default 0: never\n"
    "  --min-agent X.Y.Z  lowest agent that may load it; default: any\n"
    "  --report           what the quantisation cost, on standard output; with --data also on rows of\n"
    "                     `features`\n"
    "  --help, --version\n"
    "\n"
    "Exit: 0 done, 1 the answer is no, 2 usage or input. models/FORMAT.md describes the files.\n"
    "\n"
    "Formats for --from:\n";

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"schema", nrs_cmd_schema},   {"features", nrs_cmd_features}, {"export", nrs_cmd_export},
    {"inspect", nrs_cmd_inspect}, {"evaluate", nrs_cmd_evaluate}, {"compare", nrs_cmd_compare},
    {"update", nrs_cmd_update},   {"emit-c", nrs_cmd_emit_c},     {"keygen", nrs_cmd_keygen},
    {"sign", nrs_cmd_sign},       {"verify", nrs_cmd_verify},     {"bump", nrs_cmd_bump},
};

static int print_help(void)
{
    fputs(help, stdout);
    for (size_t i = 0; i < nrs_n_readers; i++)
        printf("  %-16s %s\n", nrs_trained_readers[i].name, nrs_trained_readers[i].text);
    return NRS_CMD_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2)
        return nrs_cmd_fail(NRS_CMD_USAGE, "usage", "a command is expected; see noroshi-model --help");
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return print_help();
    if (strcmp(argv[1], "--version") == 0) {
        puts("noroshi-model " NRS_VERSION);
        return NRS_CMD_OK;
    }
    opterr = 0; /* each command says itself what it does not know */
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return nrs_cmd_fail(NRS_CMD_USAGE, argv[1], "no such command; see noroshi-model --help");
}

int main(int argc, char **argv)
{
    int exit_code = run(argc, argv);

    if (fflush(stdout) != 0 || ferror(stdout))
        return nrs_cmd_fail(NRS_CMD_USAGE, "standard output", "cannot be written");
    return exit_code;
}
