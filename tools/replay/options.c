#include "tools/replay/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/spans/spans.h"
#include "version.h"

static const char help[] =
    "usage: noroshi-replay [OPTIONS] FILE...\n"
    "\n"
    "Runs recorded traffic through the agent's core and prints its verdicts, one JSON line each.\n"
    "FILE is a Zeek conn.log (TSV or JSON), a Suricata EVE log (its flow records), a pcap or a pcapng\n"
    "file, plain or gzip; `-` is standard input. Several files are one stretch of traffic in the order\n"
    "given (rotated logs), except with --all.\n"
    "\n"
    "What is printed\n"
    "  --evidence       after each verdict its hour x minute matrix as an evidence record\n"
    "  --all            one short line for every destination and window, flagged or not, each file\n"
    "                   by itself\n"
    "  --window W       with --all: 7d, 24h, 6h or 1h (24h); windows tumble from a file's first record\n"
    "  --heatmap        instead of lines, pictures for people: the day of every flagged destination,\n"
    "                   or with --all of the ten highest scores\n"
    "\n"
    "How it is judged\n"
    "  --model FILE     the model to judge by (the one compiled in). Its signature is not checked\n"
    "                   here, so that a model can be tried before it is signed; `none` scores\n"
    "                   everything 0\n"
    "  --min-conns N    fewer connections than this in a window are never flagged (6)\n"
    "  --capacity N     destinations remembered, 64 to 1048576 (4096); an eighth of them with a full\n"
    "                   day\n"
    "  --host-id ID     host.id of the records (replay)\n"
    "\n"
    "About the run\n"
    "  --stats          counts and speed to standard error, `name<TAB>value`\n"
    "  --fail-on-alert  exit status 1 if anything was flagged\n"
    "  --quiet          neither damaged lines nor progress nor summary\n"
    "  --help, --version\n"
    "\n"
    "A damaged line or packet costs itself; the first five of a file are named. A file gives the same\n"
    "event.id whenever it is replayed.\n"
    "\n"
    "Exit status: 0 done, 1 something was flagged (--fail-on-alert), 2 usage, or a file that cannot be\n"
    "read.\n";

enum {
    EVIDENCE = 256,
    ALL,
    WINDOW,
    HEATMAP,
    MODEL,
    MIN_CONNS,
    CAPACITY,
    HOST_ID,
    FIELDS,
    SORT,
    STATS,
    FAIL,
    QUIET,
    HELP,
    VERSION
};

static const struct option names[] = {
    {"evidence", no_argument, NULL, EVIDENCE},
    {"all", no_argument, NULL, ALL},
    {"window", required_argument, NULL, WINDOW},
    {"heatmap", no_argument, NULL, HEATMAP},
    {"model", required_argument, NULL, MODEL},
    {"min-conns", required_argument, NULL, MIN_CONNS},
    {"capacity", required_argument, NULL, CAPACITY},
    {"host-id", required_argument, NULL, HOST_ID},
    {"fields", required_argument, NULL, FIELDS},
    {"sort", no_argument, NULL, SORT},
    {"stats", no_argument, NULL, STATS},
    {"fail-on-alert", no_argument, NULL, FAIL},
    {"quiet", no_argument, NULL, QUIET},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {NULL, 0, NULL, 0},
};

static bool wrong(const char *option, const char *what)
{
    fprintf(stderr, "noroshi-replay: %s: %s\n", option, what);
    return false;
}

static bool read_number(const char *option, const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
    char *end;
    unsigned long v = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || v < min || v > max) {
        fprintf(stderr, "noroshi-replay: %s: %s is not a number from %u to %u\n", option, text, (unsigned)min,
                (unsigned)max);
        return false;
    }
    *value = (uint32_t)v;
    return true;
}

static bool read_window(const char *text, enum nrs_window *window)
{
    return nrs_spans_named(text, window) || wrong("--window", "not one of 7d, 24h, 6h, 1h");
}

static bool read_host_id(const char *text, const char **id)
{
    size_t len = strlen(text);

    if (len < 1 || len > 64 ||
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != len)
        return wrong("--host-id", "not 1 to 64 of A-Z a-z 0-9 . _ -");
    *id = text;
    return true;
}

static bool take(struct nrs_replay_options *o, int option)
{
    switch (option) {
    case EVIDENCE: o->evidence = true; return true;
    case ALL: o->all = true; return true;
    case WINDOW: return read_window(optarg, &o->window);
    case HEATMAP: o->heatmap = true; return true;
    case MODEL: o->model = optarg; return true;
    case MIN_CONNS: return read_number("--min-conns", optarg, 1, 1000000, &o->min_conns);
    case CAPACITY:
        return read_number("--capacity", optarg, NRS_CORE_DEST_MIN, NRS_CORE_DEST_MAX, &o->capacity);
    case HOST_ID: return read_host_id(optarg, &o->host_id);
    case FIELDS: o->fields = optarg; return true;
    case SORT: o->sort = true; return true;
    case STATS: o->stats = true; return true;
    case FAIL: o->fail_on_alert = true; return true;
    case QUIET: o->quiet = true; return true;
    default: return false; /* getopt has said what is wrong */
    }
}

static bool fits_together(const struct nrs_replay_options *o)
{
    if (o->evidence && o->all)
        return wrong("--evidence", "does not go with --all");
    if (o->heatmap && o->evidence)
        return wrong("--heatmap", "is instead of --evidence");
    if (o->n_files == 0)
        return wrong("no file", "name one, or - for standard input (see --help)");
    return true;
}

enum nrs_replay_command nrs_replay_options_read(struct nrs_replay_options *o, int argc, char **argv)
{
    static char name[] = "noroshi-replay"; /* how getopt's messages begin */
    int option;

    if (argc > 0)
        argv[0] = name;
    *o = (struct nrs_replay_options){.window = NRS_WINDOW_24H, .host_id = "replay"};
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == HELP || option == VERSION) {
            fputs(option == HELP ? help : "noroshi-replay " NRS_VERSION "\n", stdout);
            return NRS_REPLAY_HELP;
        }
        if (!take(o, option))
            return NRS_REPLAY_USAGE;
    }
    o->files = argv + optind;
    o->n_files = argc - optind;
    return fits_together(o) ? NRS_REPLAY_RUN : NRS_REPLAY_USAGE;
}
