/* The device program: a table of commands. */
#include <stdio.h>
#include <string.h>

#include "agent/commands/command.h"
#include "platform/privileges.h"

static const struct nrs_command *const commands[] = {&nrs_command_run,
                                                     &nrs_command_check,
                                                     &nrs_command_status,
#if NRS_WITH_SCAN
                                                     &nrs_command_scan,
#endif
                                                     &nrs_command_version};

#define N_COMMANDS (sizeof commands / sizeof *commands)

static const struct nrs_command *find(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int complain(const char *word)
{
    nrs_log("%s: no such command; `noroshi help` lists what there is", word);
    return NRS_EXIT_USAGE;
}

static void show_all(FILE *to)
{
    fputs("noroshi - sees beaconing malware from the rhythm of connections, on the machine itself\n\nusage: ",
          to);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(to, "%snoroshi %s%s%s\n", i == 0 ? "" : "       ", commands[i]->name,
                commands[i]->arguments[0] != '\0' ? " " : "", commands[i]->arguments);
    fputs("       noroshi help [COMMAND]\n\ncommands\n", to);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(to, "  %-8s %s\n", commands[i]->name, commands[i]->line);
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (commands[i]->help[0] != '\0')
            fprintf(to, "\n%s\n%s", commands[i]->name, commands[i]->help);
    fputs("\nexit codes: 0 fine, 1 failed, 2 wrong usage or configuration\n", to);
}

static int help(const char *name)
{
    const struct nrs_command *c = name != NULL ? find(name) : NULL;

    if (c != NULL)
        nrs_command_help(c);
    else if (name != NULL)
        return complain(name);
    else
        show_all(stdout);
    return NRS_EXIT_OK;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    const struct nrs_command *c;

    nrs_privileges_seal_relro();
    if (word == NULL) {
        show_all(stderr);
        return NRS_EXIT_USAGE;
    }
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        word = nrs_command_version.name;
    c = find(word);
    return c != NULL ? c->run(argc - 1, argv + 1) : complain(word);
}
