#include "tools/replay/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/addr_text.h"
#include "platform/recorded/time_text.h"
#include "tools/spans/spans.h"
#include "version.h"

enum {
    EVIDENCE = 256,
    ALL,
    WINDOW,
    HEATMAP,
    MODEL,
    MIN_CONNS,
    CAPACITY,
    HOST_ID,
    FORMAT,
    EXPLAIN,
    SINCE,
    UNTIL,
    HOST,
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
    {"format", required_argument, NULL, FORMAT},
    {"explain", required_argument, NULL, EXPLAIN},
    {"since", required_argument, NULL, SINCE},
    {"until", required_argument, NULL, UNTIL},
    {"host", required_argument, NULL, HOST},
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

static bool read_format(const char *text, enum nrs_replay_format *format)
{
    static const char *const formats[] = {"ndjson", "csv", "table"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(text, formats[i]) == 0) {
            *format = (enum nrs_replay_format)i;
            return true;
        }
    }
    return wrong("--format", "not one of ndjson, csv, table");
}

static bool read_moment(const char *option, const char *text, uint64_t *ns)
{
    char day[32];
    int len = snprintf(day, sizeof day, "%sT00:00:00", text);

    if (nrs_time_seconds(text, strlen(text), ns) || nrs_time_iso(text, strlen(text), ns) ||
        (len < (int)sizeof day && nrs_time_iso(day, (size_t)len, ns)))
        return true;
    return wrong(option, "not a time like 2023-11-14T22:00:00Z");
}

static bool read_address(const char *option, const char *text, struct nrs_addr *a)
{
    return nrs_addr_text(a, text, strlen(text)) || wrong(option, "not an address");
}

/* The second address is the argument after the one that getopt took. */
static bool read_explain(struct nrs_replay_options *o, int argc, char **argv)
{
    if (optind >= argc)
        return wrong("--explain", "needs two addresses, source and destination");
    o->explain = o->one_host = true;
    if (!read_address("--explain", optarg, &o->src) || !read_address("--explain", argv[optind++], &o->dst))
        return false;
    o->host = o->src;
    return true;
}

static bool take(struct nrs_replay_options *o, int option, int argc, char **argv)
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
    case FORMAT: return read_format(optarg, &o->format);
    case EXPLAIN: return read_explain(o, argc, argv);
    case SINCE: return read_moment("--since", optarg, &o->since_ns);
    case UNTIL: return read_moment("--until", optarg, &o->until_ns);
    case HOST: o->one_host = true; return read_address("--host", optarg, &o->host);
    case FIELDS: o->fields = optarg; return true;
    case SORT: o->sort = true; return true;
    case STATS: o->stats = true; return true;
    case FAIL: o->fail_on_alert = true; return true;
    case QUIET: o->quiet = true; return true;
    default: return false; /* getopt has said what is wrong */
    }
}

/* Options that would do nothing are refused: who gives one expects something of it. */
static bool fits_together(const struct nrs_replay_options *o, const bool given[])
{
    bool lines = !o->heatmap && !o->explain;

    if (o->evidence && (o->all || !lines || o->format != NRS_FORMAT_NDJSON))
        return wrong("--evidence", "goes with verdicts as JSON lines only");
    if (o->explain && (o->all || o->heatmap || given[HOST - EVIDENCE]))
        return wrong("--explain", "does not go with --all, --heatmap or --host");
    if (given[FORMAT - EVIDENCE] && !lines)
        return wrong("--format", "is of lines, not of --heatmap or --explain");
    if (given[WINDOW - EVIDENCE] && !o->all)
        return wrong("--window", "goes with --all only; verdicts look at every window");
    if (given[HOST_ID - EVIDENCE] && (o->all || !lines || o->format != NRS_FORMAT_NDJSON))
        return wrong("--host-id", "goes with verdicts as JSON lines only");
    if (o->until_ns <= o->since_ns)
        return wrong("--until", "is not after --since");
    if (o->n_files == 0)
        return wrong("no file", "name one, or - for standard input (see --help)");
    return true;
}

enum nrs_replay_command nrs_replay_options_read(struct nrs_replay_options *o, int argc, char **argv)
{
    static char name[] = "noroshi-replay"; /* how getopt's messages begin */
    bool given[VERSION + 1 - EVIDENCE] = {false};
    int option;

    if (argc > 0)
        argv[0] = name;
    *o = (struct nrs_replay_options){.window = NRS_WINDOW_24H, .host_id = "replay", .until_ns = UINT64_MAX};
    while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (option == HELP || option == 'h' || option == VERSION) {
            fputs(option == VERSION ? "noroshi-replay " NRS_VERSION "\n" : nrs_replay_help, stdout);
            return NRS_REPLAY_HELP;
        }
        if (!take(o, option, argc, argv))
            return NRS_REPLAY_USAGE;
        given[option - EVIDENCE] = true;
    }
    o->files = argv + optind;
    o->n_files = argc - optind;
    return fits_together(o, given) ? NRS_REPLAY_RUN : NRS_REPLAY_USAGE;
}
