/* tools/simulate/options.c - the command line of noroshi-sim */
#include "tools/simulate/options.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_START_S UINT64_C(1772409600) /* Monday 2026-03-02 00:00 UTC */

const char nrs_sim_help[] =
    "noroshi-sim - make labelled connection logs from documented timings\n"
    "\n"
    "usage: noroshi-sim [options] -o DIR\n"
    "       noroshi-sim [options] --conn FILE --labels FILE [--families FILE]\n"
    "       noroshi-sim --training N [--seed N] -o DIR\n"
    "       noroshi-sim --list\n"
    "\n"
    "Writes a Zeek conn.log (TSV) of a small network with benign software and, if asked for, C2, and a\n"
    "table that tells which is which. The same options give the same bytes on every machine.\n"
    "\n"
    "  -o DIR           write DIR/conn.log, DIR/labels.tsv, DIR/families.tsv\n"
    "  --conn FILE      write the log here (gzip if it ends in .gz)\n"
    "  --labels FILE    write the labels here\n"
    "  --families FILE  write the malware family of every beacon here\n"
    "  --seed N         another world (default 1)\n"
    "  --hours N        length of the capture (default 24, at most 720)\n"
    "  --start EPOCH    its first second (default 1772409600, a Monday, 00:00 UTC)\n"
    "  --hosts N        machines (default 4, at most 64)\n"
    "  --c2 N           C2 actors (default 2)\n"
    "  --benign N       benign actors on each machine (default 8)\n"
    "  --only A,B,...   these actors and no others\n"
    "  --day            one day of a small office with three C2 in it\n"
    "  --training N     N captures of varied length and mix: DIR/conn/*.conn.log.gz,\n"
    "                   DIR/labels.tsv.gz, DIR/families.tsv\n"
    "  --list           the actors, their parameters, and where these come from\n"
    "  --help, --version\n"
    "\n"
    "exit: 0 done, 2 wrong usage or a file that cannot be written\n";

static int refuse(const char *place, const char *what)
{
    fprintf(stderr, "noroshi-sim: %s: %s\n", place, what);
    return -1;
}

static int number(const char *name, const char *text, uint64_t lo, uint64_t hi, uint64_t *out)
{
    char *end;
    unsigned long long v;

    errno = 0;
    v = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || v < lo || v > hi) {
        fprintf(stderr, "noroshi-sim: %s: '%s' is not a number in %llu..%llu\n", name, text,
                (unsigned long long)lo, (unsigned long long)hi);
        return -1;
    }
    *out = v;
    return 0;
}

static int small_number(const char *name, const char *text, uint64_t lo, uint64_t hi, unsigned *out)
{
    uint64_t v;

    if (number(name, text, lo, hi, &v))
        return -1;
    *out = (unsigned)v;
    return 0;
}

static int add_only(struct nrs_sim_request *q, char *list)
{
    char *name, *rest = NULL;

    for (name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        const struct nrs_sim_actor *a = nrs_sim_actor_find(name);

        if (!a)
            return refuse(name, "no such actor; --list shows them");
        if (q->n_only == NRS_SIM_ONLY_MAX)
            return refuse("--only", "more than 32 actors");
        q->only[q->n_only++] = a;
    }
    return q->n_only ? 0 : refuse("--only", "no actor named");
}

static int set_path(char out[NRS_SIM_PATH_MAX], const char *dir, const char *name)
{
    int n = dir ? snprintf(out, NRS_SIM_PATH_MAX, "%s/%s", dir, name)
                : snprintf(out, NRS_SIM_PATH_MAX, "%s", name);

    return n < NRS_SIM_PATH_MAX ? 0 : refuse(name, "path too long");
}

static int take(struct nrs_sim_options *o, int key)
{
    struct nrs_sim_request *q = &o->request;
    uint64_t hours;

    switch (key) {
    case 's': return number("--seed", optarg, 0, UINT64_MAX, &q->seed);
    case 't': return number("--start", optarg, 86400 * 8, UINT64_C(1) << 33, &q->start_s);
    case 'H': return small_number("--hosts", optarg, 1, NRS_SIM_HOSTS_MAX, &q->hosts);
    case 'c': return small_number("--c2", optarg, 0, 1000, &q->n_c2);
    case 'b': return small_number("--benign", optarg, 0, 1000, &q->n_benign);
    case 'O': return add_only(q, optarg);
    case 'C': return set_path(o->conn, NULL, optarg);
    case 'L': return set_path(o->labels, NULL, optarg);
    case 'F': return set_path(o->families, NULL, optarg);
    case 'o': o->dir = optarg; return 0;
    case 'd': o->task = NRS_SIM_TASK_DAY; return 0;
    case 'l': o->task = NRS_SIM_TASK_LIST; return 0;
    case 'h': o->task = NRS_SIM_TASK_HELP; return 0;
    case 'V': o->task = NRS_SIM_TASK_VERSION; return 0;
    case 'T':
        o->task = NRS_SIM_TASK_TRAINING;
        return small_number("--training", optarg, 1, 100000, &o->captures);
    case 'n':
        if (number("--hours", optarg, 1, 720, &hours))
            return -1;
        q->seconds = (uint32_t)hours * 3600;
        return 0;
    default: return refuse("options", "try --help");
    }
}

static int settle_paths(struct nrs_sim_options *o)
{
    if (o->task != NRS_SIM_TASK_MIX && o->task != NRS_SIM_TASK_DAY)
        return o->task == NRS_SIM_TASK_TRAINING && !o->dir ? refuse("--training", "needs -o DIR") : 0;
    if (o->dir)
        return set_path(o->conn, o->dir, "conn.log") || set_path(o->labels, o->dir, "labels.tsv") ||
                       set_path(o->families, o->dir, "families.tsv")
                   ? -1
                   : 0;
    if (!o->conn[0] || !o->labels[0])
        return refuse("options", "-o DIR, or --conn and --labels, say where to write");
    return o->families[0] ? 0 : set_path(o->families, NULL, "/dev/null");
}

int nrs_sim_options_parse(struct nrs_sim_options *o, int argc, char **argv)
{
    static const struct option longs[] = {
        {"seed", 1, NULL, 's'},     {"hours", 1, NULL, 'n'},    {"start", 1, NULL, 't'},
        {"hosts", 1, NULL, 'H'},    {"c2", 1, NULL, 'c'},       {"benign", 1, NULL, 'b'},
        {"only", 1, NULL, 'O'},     {"conn", 1, NULL, 'C'},     {"labels", 1, NULL, 'L'},
        {"families", 1, NULL, 'F'}, {"output", 1, NULL, 'o'},   {"day", 0, NULL, 'd'},
        {"list", 0, NULL, 'l'},     {"training", 1, NULL, 'T'}, {"help", 0, NULL, 'h'},
        {"version", 0, NULL, 'V'},  {NULL, 0, NULL, 0}};
    int key;

    memset(o, 0, sizeof(*o));
    o->request = (struct nrs_sim_request){
        .seed = 1, .start_s = DEFAULT_START_S, .seconds = 86400, .hosts = 4, .n_c2 = 2, .n_benign = 8};
    opterr = 0;
    optind = 1;
    while ((key = getopt_long(argc, argv, "ho:", longs, NULL)) != -1)
        if (take(o, key))
            return -1;
    if (optind < argc)
        return refuse(argv[optind], "unexpected argument; try --help");
    return settle_paths(o);
}
