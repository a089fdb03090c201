/* noroshi-collector: takes verdicts from agents, keeps them, shows them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/gen/version.h"
#include "models/base/error.h"
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
    "Receives the verdicts of noroshi agents over mutual TLS, stores them in one SQLite file and shows them on a\n"
    "web page.\n"
    "\n"
    "init    makes DIR: a certificate authority, the server's certificate, an empty database, collector.json and\n"
    "        the first device, device-1. Every --name is a further name or address of this server; the first is\n"
    "        what devices are told to connect to.\n"
    "run     serves agents on --listen (127.0.0.1:8443) and people on --page (127.0.0.1:8080, read only, no login)\n"
    "        until SIGTERM or SIGINT; what was taken in by then is stored and answered first.\n"
    "device  issues another device: DIR/devices/NAME/ is all that its agent needs\n"
    "        (noroshi run --config DIR/devices/NAME/noroshi.json).\n"
    "export  writes the stored records to stdout, one JSON line each, in the order they came.\n"
    "\n"
    "Exit code: 0 done, 2 wrong use or input. Files, limits and the API: tools/collector/README.md\n";

struct options {
    struct nrs_col_config *config;
    const char *words[4]; /* command, DIR, NAME */
    const char *names[NRS_COL_SANS];
    size_t n_words, n_names;
    enum nrs_col_format format;
    long long after;
};

static int take_address(char *out, size_t cap, const char *option, const char *value)
{
    struct sockaddr_storage address;
    char host[64];

    if (strlen(value) >= cap || nrs_col_address_read(value, &address, host, sizeof host) != 0)
        return nrs_col_complain(option, "not ADDRESS:PORT");
    (void)snprintf(out, cap, "%s", value);
    return 0;
}

static int take_option(struct options *o, const char *option, const char *value)
{
    char *end;

    if (value == NULL)
        return nrs_col_complain(option, "no such option, or its value is missing; see --help");
    if (strcmp(option, "--listen") == 0)
        return take_address(o->config->listen, sizeof o->config->listen, option, value);
    if (strcmp(option, "--page") == 0)
        return take_address(o->config->page, sizeof o->config->page, option, value);
    if (strcmp(option, "--name") == 0 && o->n_names < NRS_COL_SANS) {
        o->names[o->n_names++] = value;
        return 0;
    }
    if (strcmp(option, "--format") == 0) {
        o->format = nrs_col_format_named(value);
        return o->format < NRS_COL_FORMATS ? 0 : nrs_col_complain(option, "ndjson, ecs or ocsf");
    }
    if (strcmp(option, "--after") == 0) {
        o->after = strtoll(value, &end, 10);
        return *end == '\0' && end != value ? 0 : nrs_col_complain(option, "not a number");
    }
    return nrs_col_complain(option, "no such option, or too many; see --help");
}

/* pass 0 collects the words, pass 1 takes the options: those go before what collector.json says. */
static int read_arguments(struct options *o, int argc, char **argv, int pass)
{
    o->n_words = 0;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') {
            int rc = pass == 1 ? take_option(o, argv[i], i + 1 < argc ? argv[i + 1] : NULL) : 0;

            if (rc != 0)
                return rc;
            i++;
        } else if (o->n_words < 3) {
            o->words[o->n_words++] = argv[i];
        } else {
            return nrs_col_complain(argv[i], "one word too many; see --help");
        }
    }
    return 0;
}

static int command(struct options *o, int argc, char **argv)
{
    const char *name = o->words[0], *dir = o->words[1];
    size_t words = strcmp(name, "device") == 0 ? 3 : 2;
    char why[160];
    int rc;

    if (o->n_words != words)
        return nrs_col_complain(name, "wrong number of words; see --help");
    if (strcmp(name, "run") == 0 && nrs_col_config_load(o->config, dir, why) != 0)
        return nrs_col_complain("collector.json", why);
    rc = read_arguments(o, argc, argv, 1);
    if (rc != 0)
        return rc;
    if (strcmp(name, "init") == 0)
        return nrs_col_init(dir, o->config, o->names, o->n_names);
    if (strcmp(name, "run") == 0)
        return nrs_col_run(dir, o->config);
    if (strcmp(name, "device") == 0)
        return nrs_col_device(dir, o->words[2]);
    if (strcmp(name, "export") == 0)
        return nrs_col_export(dir, o->format, o->after, stdout);
    return nrs_col_complain(name, "no such command; see --help");
}

int main(int argc, char **argv)
{
    struct nrs_col_config config;
    struct options o = {.config = &config};

    nrs_col_config_defaults(&config);
    if (argc > 1 && (strcmp(argv[argc - 1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
        (void)fputs(help, stdout);
        return 0;
    }
    if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0)) {
        (void)printf("noroshi-collector %s\n", NRS_VERSION);
        return 0;
    }
    if (read_arguments(&o, argc, argv, 0) != 0)
        return 2;
    if (o.n_words == 0) {
        (void)fputs(help, stderr);
        return 2;
    }
    return command(&o, argc, argv);
}
