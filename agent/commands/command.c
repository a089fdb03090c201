#include "agent/commands/command.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "platform/files.h"

int nrs_command_complain(const struct nrs_command *c, const char *word, const char *what)
{
    nrs_log("%s: %s: %s; `noroshi help %s` lists what there is", c->name, word, what, c->name);
    return NRS_EXIT_USAGE;
}

void nrs_command_help(const struct nrs_command *c)
{
    printf("noroshi %s - %s\n\nusage: noroshi %s %s\n\n%s", c->name, c->line, c->name, c->arguments, c->help);
}

/* Finds the next word that is an option and moves the others to the front. NULL: there is none. */
static const char *next_option(struct nrs_arguments *args)
{
    while (args->next < args->argc) {
        char *word = args->argv[args->next++];

        if (args->ended || word[0] != '-' || word[1] == '\0')
            args->argv[args->n_words++] = word;
        else if (strcmp(word, "--") == 0)
            args->ended = true;
        else
            return word;
    }
    return NULL;
}

static const struct nrs_option *find_option(const struct nrs_option *options, const char *name, size_t len)
{
    static const struct nrs_option help = {"help", 'h', false};

    for (; options->name[0] != '\0'; options++)
        if (strncmp(options->name, name, len) == 0 && options->name[len] == '\0')
            return options;
    return strncmp(help.name, name, len) == 0 && (len == 1 || help.name[len] == '\0') ? &help : NULL;
}

/* A word "--name", "--name=VALUE" or "--name VALUE". NULL: *what says what is wrong. */
static const struct nrs_option *take_long(struct nrs_arguments *args, const struct nrs_option *options,
                                          const char *name, const char **what)
{
    size_t len = strcspn(name, "=");
    const struct nrs_option *o = len > 1 ? find_option(options, name, len) : NULL;

    if (o == NULL || (name[len] == '=' && !o->value))
        return NULL;
    if (!o->value)
        return o;
    *what = "needs a value";
    if (name[len] == '=')
        args->value = name + len + 1;
    else
        args->value = args->next < args->argc ? args->argv[args->next++] : NULL;
    return args->value != NULL ? o : NULL;
}

int nrs_command_option(const struct nrs_command *c, struct nrs_arguments *args,
                       const struct nrs_option *options, int *exit_code)
{
    const char *what = "not an option of this command", *word = NULL;
    char letter[3] = "-";
    const struct nrs_option *o;

    if (args->letters == NULL || *args->letters == '\0') {
        word = next_option(args);
        if (word == NULL)
            return -1;
        args->letters = word[1] != '-' ? word + 1 : NULL;
    }
    if (args->letters != NULL) {
        letter[1] = *args->letters++;
        word = letter;
        o = find_option(options, letter + 1, 1);
    } else {
        o = take_long(args, options, word + 2, &what);
    }
    if (o != NULL && o->letter != 'h')
        return o->letter;
    *exit_code = NRS_EXIT_OK;
    if (o != NULL)
        nrs_command_help(c);
    else
        *exit_code = nrs_command_complain(c, word, what);
    return 0;
}

int nrs_command_no_more(const struct nrs_command *c, const struct nrs_arguments *args)
{
    return args->n_words > 0 ? nrs_command_complain(c, args->argv[0], "not an option of this command") : 0;
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
