/* tools/lab/main.c - noroshi-lab: a harmless beacon, and the server it calls */
#include "tools/lab/lab.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "version.h"

static const char help[] = "noroshi-lab - a harmless beacon to see the agent at work\n"
                           "\n"
                           "usage: noroshi-lab serve ADDR:PORT\n"
                           "       noroshi-lab beacon --to ADDR:PORT --every 3s [--jitter 20%] [--for 10m]\n"
                           "\n"
                           "serve   listens, answers each request; port 0 takes a free one and says which\n"
                           "beacon  connects, sends 200 bytes, reads 180, closes, waits, and again\n"
                           "\n"
                           "  --to ADDR:PORT  an IPv4 address and a port\n"
                           "  --every TIME    time between two check-ins: 500ms, 3s, 2m, 1h (default 3s)\n"
                           "  --jitter N%     evenly that much earlier or later (default 0%)\n"
                           "  --for TIME      stop after this time (default: never)\n"
                           "  --help, --version\n"
                           "\n"
                           "exit: 0 done, 2 wrong usage or no socket\n";

static int refuse(const char *place, const char *what)
{
    fprintf(stderr, "noroshi-lab: %s: %s\n", place, what);
    return 2;
}

static int take(struct nrs_lab_beacon *b, int key)
{
    uint32_t ms;

    switch (key) {
    case 't': return nrs_lab_address(&b->to, optarg) ? refuse("--to", "not ADDR:PORT") : 0;
    case 'e': return nrs_lab_duration(&b->every_ms, optarg) ? refuse("--every", "not a time such as 3s") : 0;
    case 'j':
        return nrs_lab_percent(&b->jitter_pct, optarg) ? refuse("--jitter", "not a share of 0-100%") : 0;
    case 'f':
        if (nrs_lab_duration(&ms, optarg))
            return refuse("--for", "not a time such as 10m");
        b->for_s = (ms + 999) / 1000;
        return 0;
    default: return refuse("options", "try --help");
    }
}

static int beacon(int argc, char **argv)
{
    static const struct option longs[] = {{"to", 1, NULL, 't'},
                                          {"every", 1, NULL, 'e'},
                                          {"jitter", 1, NULL, 'j'},
                                          {"for", 1, NULL, 'f'},
                                          {NULL, 0, NULL, 0}};
    struct nrs_lab_beacon b = {.every_ms = 3000};
    int key;

    opterr = 0;
    while ((key = getopt_long(argc, argv, "", longs, NULL)) != -1)
        if (take(&b, key))
            return 2;
    if (optind < argc)
        return refuse(argv[optind], "unexpected argument; try --help");
    if (!b.to.sin_port)
        return refuse("--to", "missing, or port 0");
    return nrs_lab_beacon_run(&b) ? 2 : 0;
}

static int serve(int argc, char **argv)
{
    struct sockaddr_in at;

    if (argc != 2 || nrs_lab_address(&at, argv[1]))
        return refuse("serve", "needs one ADDR:PORT");
    return nrs_lab_serve(&at) ? 2 : 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";

    if (!strcmp(verb, "--help") || !strcmp(verb, "-h")) {
        fputs(help, stdout);
        return 0;
    }
    if (!strcmp(verb, "--version")) {
        puts("noroshi-lab " NRS_VERSION);
        return 0;
    }
    if (!strcmp(verb, "beacon"))
        return beacon(argc - 1, argv + 1);
    if (!strcmp(verb, "serve"))
        return serve(argc - 1, argv + 1);
    return refuse(*verb ? verb : "usage", "beacon or serve; try --help");
}
