#include "agent/commands/command.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "platform/files.h"

#define OPTIONS_MAX 16

int nrs_command_complain(const struct nrs_command *c, const char *word, const char *what)
{
    nrs_log("%s: %s: %s; `noroshi help %s` lists what there is", c->name, word, what, c->name);
    return NRS_EXIT_USAGE;
}

void nrs_command_help(const struct nrs_command *c)
{
    printf("noroshi %s - %s\n\nusage: noroshi %s %s\n\n%s", c->name, c->line, c->name, c->arguments, c->help);
}

/* The word that getopt_long stopped at: a short option may be in the middle of one. */
static const char *word_at_fault(char **argv, char letter[3])
{
    if (optopt == 0 || strncmp(argv[optind - 1], "--", 2) == 0)
        return argv[optind - 1];
    snprintf(letter, 3, "-%c", optopt);
    return letter;
}

int nrs_command_option(const struct nrs_command *c, int argc, char **argv, const char *letters,
                       const struct option *options, int *exit_code)
{
    static const struct option help = {"help", no_argument, NULL, 'h'};
    struct option all[OPTIONS_MAX + 2] = {{0}};
    char texts[32], letter[3];
    size_t n = 0;
    int option;

    for (; n < OPTIONS_MAX && options[n].name != NULL; n++)
        all[n] = options[n];
    all[n] = help;
    snprintf(texts, sizeof texts, ":h%s", letters != NULL ? letters : "");
    opterr = 0;
    option = getopt_long(argc, argv, texts, all, NULL);
    if (option != 'h' && option != '?' && option != ':')
        return option;
    *exit_code = NRS_EXIT_OK;
    if (option == 'h')
        nrs_command_help(c);
    else
        *exit_code = nrs_command_complain(c, word_at_fault(argv, letter),
                                          option == ':' ? "needs a value" : "not an option of this command");
    return 0;
}

int nrs_command_no_more(const struct nrs_command *c, int argc, char **argv)
{
    return optind < argc ? nrs_command_complain(c, argv[optind], "not an option of this command") : 0;
}

static int find_config(const struct nrs_command *c, const char *given, const char **path)
{
    static char full[NRS_CONFIG_PATH_MAX];
    char folder[NRS_CONFIG_PATH_MAX];
    size_t len = sizeof folder;

    *path = given;
    if (given == NULL) {
        *path = nrs_path_exists(NRS_DEFAULT_CONFIG) ? NRS_DEFAULT_CONFIG : NULL;
    } else if (given[0] != '/') {
        if (uv_cwd(folder, &len) != 0 ||
            (size_t)snprintf(full, sizeof full, "%s/%s", folder, given) >= sizeof full)
            return nrs_command_complain(c, given, "too long a path");
        *path = full;
    }
    return 0;
}

int nrs_command_config(const struct nrs_command *c, const char *given, struct nrs_config *config,
                       const char **path)
{
    struct nrs_why why;
    int rc = find_config(c, given, path);

    if (rc != 0)
        return rc;
    if (*path == NULL) {
        nrs_config_defaults(config);
    } else if (nrs_config_load(config, *path, &why) != 0) {
        nrs_log("%s", why.text);
        return NRS_EXIT_USAGE;
    }
    return 0;
}
