/* The device program. */
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "agent/run/agent.h"
#include "agent/commands/check.h"
#include "agent/release.h"
#include "agent/scanner/scanner.h"
#include "agent/run/status.h"
#include "platform/files.h"
#include "platform/privileges.h"

#define DEFAULT_CONFIG "/etc/noroshi/noroshi.json"

static const char help[] =
    "noroshi - sees beaconing malware from the rhythm of connections, on the machine itself\n"
    "\n"
    "usage: noroshi run    [--config FILE] [--print] [--print-report]\n"
    "       noroshi check  [--config FILE]\n"
    "       noroshi status [--config FILE] [--json]\n"
    "       noroshi scan   PATH...   (`noroshi scan --help`)\n"
    "       noroshi version | help\n"
    "\n"
    "commands\n"
    "  run      watch, judge, report to the collector; without one, verdicts go to standard output\n"
    "  check    say whether run would work with this configuration: files, certificates, model, sources\n"
    "  status   what the running agent sees, found and sent\n"
    "  scan     find packed executables, and say by what they are packed\n"
    "  version  print the version\n"
    "\n"
    "options\n"
    "  --config FILE   the configuration (default " DEFAULT_CONFIG "; if that is not there, defaults)\n"
    "  --print         show every verdict on standard output, too\n"
    "  --print-report  show exactly what would be sent, and send and keep nothing\n"
    "  --json          the status as the agent wrote it\n"
    "\n"
    "signals to run\n"
    "  HUP   read configuration, certificates and model again     TERM, INT  write out what is waiting, end\n"
    "  USR1  write status.json in the spool directory\n"
    "\n"
    "exit codes: 0 fine, 1 failed (status: no agent runs), 2 wrong usage or configuration\n"
    "files: " DEFAULT_CONFIG "; the spool directory: *.seg, acked, boot, model.floor, status.json\n";

struct arguments {
    const char *command, *config;
    bool print, report_only, json;
};

/* Commands with options of their own, and without a configuration. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} other_commands[] = {
#if NRS_WITH_SCAN
    {"scan", nrs_scan_command},
#endif
    {NULL, NULL}};

static struct nrs_agent agent;

static int complain(const char *what, const char *word)
{
    fprintf(stderr, "noroshi: %s: %s; `noroshi help` lists what there is\n", word, what);
    return NRS_EXIT_USAGE;
}

static int read_option(struct arguments *a, char **argv, int *i)
{
    const char *word = argv[*i];

    if (strcmp(word, "--config") == 0) {
        if (argv[*i + 1] == NULL)
            return complain("needs a file", word);
        a->config = argv[++*i];
    } else if (strcmp(word, "--print") == 0 && strcmp(a->command, "run") == 0) {
        a->print = true;
    } else if (strcmp(word, "--print-report") == 0 && strcmp(a->command, "run") == 0) {
        a->report_only = true;
    } else if (strcmp(word, "--json") == 0 && strcmp(a->command, "status") == 0) {
        a->json = true;
    } else {
        return complain("not an option of this command", word);
    }
    return 0;
}

/* The configuration's path from the root on, because the agent changes its folder; NULL = there is no file. */
static int find_config(const char *given, const char **path)
{
    static char full[NRS_CONFIG_PATH_MAX];
    char folder[NRS_CONFIG_PATH_MAX];
    size_t len = sizeof folder;

    if (given == NULL) {
        *path = nrs_path_exists(DEFAULT_CONFIG) ? DEFAULT_CONFIG : NULL;
        return 0;
    }
    if (given[0] == '/') {
        *path = given;
        return 0;
    }
    if (uv_cwd(folder, &len) != 0 ||
        (size_t)snprintf(full, sizeof full, "%s/%s", folder, given) >= sizeof full)
        return complain("too long a path", given);
    *path = full;
    return 0;
}

static int run(const struct arguments *args, const char *path)
{
    int rc;

    agent.options = (struct nrs_run_options){path, args->print, args->report_only};
    rc = nrs_agent_open(&agent);
    if (rc == 0)
        rc = nrs_agent_confine(&agent);
    if (rc == 0)
        rc = nrs_agent_loop(&agent);
    nrs_agent_close(&agent);
    return rc;
}

static int with_config(const struct arguments *args)
{
    struct nrs_why why;
    const char *path = NULL;
    int rc = find_config(args->config, &path);

    if (rc != 0)
        return rc;
    if (path == NULL) {
        nrs_config_defaults(&agent.config);
    } else if (nrs_config_load(&agent.config, path, &why) != 0) {
        nrs_log("%s", why.text);
        return NRS_EXIT_USAGE;
    }
    if (strcmp(args->command, "run") == 0)
        return run(args, path);
    if (strcmp(args->command, "check") == 0)
        return nrs_check(&agent, path);
    return nrs_status_show(&agent.config, args->json);
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

int main(int argc, char **argv)
{
    struct arguments args = {.command = argc > 1 ? argv[1] : "help"};

    nrs_privileges_seal_relro();
    if (is_one_of(args.command, "help", "--help", "-h")) {
        fputs(help, argc > 1 ? stdout : stderr);
        return argc > 1 ? NRS_EXIT_OK : NRS_EXIT_USAGE;
    }
    if (is_one_of(args.command, "version", "--version", "-V")) {
        puts("noroshi " NRS_VERSION);
        return NRS_EXIT_OK;
    }
    for (size_t i = 0; other_commands[i].name != NULL; i++)
        if (strcmp(args.command, other_commands[i].name) == 0)
            return other_commands[i].run(argc - 1, argv + 1);
    if (!is_one_of(args.command, "run", "check", "status"))
        return complain("no such command", args.command);
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return NRS_EXIT_OK;
        }
        if (read_option(&args, argv, &i) != 0)
            return NRS_EXIT_USAGE;
    }
    return with_config(&args);
}
