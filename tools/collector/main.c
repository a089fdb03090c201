/* noroshi-collector: takes verdicts from agents, keeps them, shows them */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/gen/version.h"
#include "tools/collector/config.h"
#include "tools/collector/files.h"
#include "tools/collector/fleet/init.h"
#include "tools/collector/fleet/pki.h"
#include "tools/collector/run.h"
#include "tools/collector/store/export.h"

static const char help[] =
    "usage: noroshi-collector init DIR [--listen ADDRESS:PORT] [--page ADDRESS:PORT] [--name NAME]...\n"
    "       noroshi-collector run DIR [--listen ADDRESS:PORT] [--page ADDRESS:PORT]\n"
    "       noroshi-collector device DIR NAME\n"
    "       noroshi-collector export DIR [--format ndjson|ecs|ocsf] [--after ID]\n"
    "       noroshi-collector --help | --version\n"
    "\n"
    "Receives the verdicts of noroshi agents over mutual TLS, stores them in one SQLite file and shows them\n"
    "on a web page.\n"
    "\n"
    "init    makes DIR: a certificate authority, the server's certificate, an empty database,\n"
    "        collector.json and the first device, device-1. Every --name is a further name or address of\n"
    "        this server; devices connect to the first.\n"
    "run     serves agents on --listen (127.0.0.1:8443) and people on --page (127.0.0.1:8080: read only, no\n"
    "        login, so only addresses of this machine) until SIGTERM or SIGINT; requests that\n"
    "        arrived before are stored and answered first.\n"
    "device  issues another device: DIR/devices/NAME/ is all that its agent needs\n"
    "        (noroshi run --config DIR/devices/NAME/noroshi.json).\n"
    "export  writes the stored records to stdout, one JSON line each, in the order they came.\n"
    "\n"
    "Exit code: 0 done, 2 wrong use or input. Files, limits and the API: tools/collector/README.md\n";

enum { LISTEN = 256, PAGE, NAME, FORMAT, AFTER, HELP, VERSION };

static const struct option long_options[] = {
    {"listen", required_argument, NULL, LISTEN}, {"page", required_argument, NULL, PAGE},
    {"name", required_argument, NULL, NAME},     {"format", required_argument, NULL, FORMAT},
    {"after", required_argument, NULL, AFTER},   {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},     {NULL, 0, NULL, 0},
};

/* The options of the command line; NULL = not given. */
struct options {
    const char *listen, *page;
    const char *names[NRS_COL_SANS];
    size_t n_names;
    enum nrs_col_format format;
    long long after;
    bool help, version;
};

static int check_address(const char *option, const char *value, size_t cap)
{
    struct sockaddr_storage address;
    char host[64];

    if (strlen(value) >= cap || nrs_col_address_read(value, &address, host, sizeof host) != 0)
        return nrs_col_complain(option, "not ADDRESS:PORT");
    return 0;
}

static int check_page(const char *value)
{
    int rc = check_address("--page", value, sizeof ((struct nrs_col_config *)0)->page);

    return rc != 0 || nrs_col_address_is_loopback(value) ? rc
                                                         : nrs_col_complain("--page", nrs_col_page_fault);
}

static int take_number(const char *option, const char *text, long long *out)
{
    char *end;

    *out = strtoll(text, &end, 10);
    return *end == '\0' && end != text ? 0 : nrs_col_complain(option, "not a number");
}

static int take_option(struct options *o, int option)
{
    switch (option) {
    case LISTEN:
        o->listen = optarg;
        return check_address("--listen", optarg, sizeof((struct nrs_col_config *)0)->listen);
    case PAGE: o->page = optarg; return check_page(optarg);
    case NAME:
        if (o->n_names == NRS_COL_SANS)
            return nrs_col_complain("--name", "too many");
        o->names[o->n_names++] = optarg;
        return 0;
    case FORMAT:
        o->format = nrs_col_format_named(optarg);
        return o->format < NRS_COL_FORMATS ? 0 : nrs_col_complain("--format", "ndjson, ecs or ocsf");
    case AFTER: return take_number("--after", optarg, &o->after);
    case HELP:
    case 'h': o->help = true; return 0;
    default: o->version = true; return 0; /* VERSION */
    }
}

static int read_options(struct options *o, int argc, char **argv)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        int at = optind - 1, rc;

        if (option == ':' || option == '?')
            return nrs_col_complain(argv[at], option == ':' ? "its value is missing; see --help"
                                                            : "no such option; see --help");
        rc = take_option(o, option);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* The command line goes before what collector.json says. */
static void apply(const struct options *o, struct nrs_col_config *c)
{
    if (o->listen != NULL)
        (void)snprintf(c->listen, sizeof c->listen, "%s", o->listen);
    if (o->page != NULL)
        (void)snprintf(c->page, sizeof c->page, "%s", o->page);
}

static int cmd_init(const struct options *o, char **words, struct nrs_col_config *c)
{
    apply(o, c);
    return nrs_col_init(words[1], c, o->names, o->n_names);
}

static int cmd_run(const struct options *o, char **words, struct nrs_col_config *c)
{
    char why[160];

    if (nrs_col_config_load(c, words[1], why) != 0)
        return nrs_col_complain("collector.json", why);
    apply(o, c);
    return nrs_col_run(words[1], c);
}

static int cmd_device(const struct options *o, char **words, struct nrs_col_config *c)
{
    (void)o;
    (void)c;
    return nrs_col_device(words[1], words[2]);
}

static int cmd_export(const struct options *o, char **words, struct nrs_col_config *c)
{
    (void)c;
    return nrs_col_export(words[1], o->format, o->after, stdout);
}

static const struct command {
    const char *name;
    int words; /* with its own name */
    int (*run)(const struct options *o, char **words, struct nrs_col_config *c);
} commands[] = {
    {"init", 2, cmd_init},
    {"run", 2, cmd_run},
    {"device", 3, cmd_device},
    {"export", 2, cmd_export},
};

static int run_command(const struct options *o, char **words, int n)
{
    struct nrs_col_config config;

    nrs_col_config_defaults(&config);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, words[0]) != 0)
            continue;
        if (n != commands[i].words)
            return nrs_col_complain(words[0], "wrong number of words; see --help");
        return commands[i].run(o, words, &config);
    }
    return nrs_col_complain(words[0], "no such command; see --help");
}

int main(int argc, char **argv)
{
    struct options o = {0};
    int n;

    if (read_options(&o, argc, argv) != 0)
        return 2;
    n = argc - optind;
    if (o.help || (n > 0 && strcmp(argv[optind], "help") == 0)) {
        (void)fputs(help, stdout);
        return 0;
    }
    if (o.version || (n > 0 && strcmp(argv[optind], "version") == 0)) {
        (void)printf("noroshi-collector %s\n", NRS_VERSION);
        return 0;
    }
    if (n == 0) {
        (void)fputs(help, stderr);
        return 2;
    }
    return run_command(&o, argv + optind, n);
}
