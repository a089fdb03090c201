/* agent/commands/command.h - the commands of the program `noroshi`: one row each, and what they share
 *
 * main.c has the table. A command reads its own arguments with nrs_command_option, which answers -h and
 * --help and complains about words that it does not know. */
#ifndef NRS_COMMAND_H
#define NRS_COMMAND_H
#include <stdbool.h>

#include "agent/config/config.h"
#include "agent/log.h"

#define NRS_DEFAULT_CONFIG "/etc/noroshi/noroshi.json"

struct nrs_command {
    const char *name;
    const char *arguments; /* as in a usage line; "" = none */
    const char *line;      /* what it is for, in one line */
    const char *help; /* its options and whatever else a person has to know; lines that end in newlines */
    int (*run)(int argc, char **argv); /* argv[0] is the name. Returns an exit code */
};

/* run.c, check.c, status.c, version.c; scan/scan_command.c */
extern const struct nrs_command nrs_command_run, nrs_command_check, nrs_command_status, nrs_command_version;
extern const struct nrs_command nrs_command_scan;

/* One option of a command. The table has no pointers, so that it needs no relocations. */
struct nrs_option {
    char name[14]; /* without dashes; one letter: a short option (-r), which takes no value */
    char letter;   /* what the reader returns for it */
    bool value;    /* it takes one: --name VALUE or --name=VALUE */
};

/* The words of a command line, on their way through the reader. A caller sets argc, argv and next = 1. */
struct nrs_arguments {
    int argc;
    char **argv;
    int next;            /* the first word that is not read yet */
    int n_words;         /* words that are no options; they are moved to argv[0..n_words) */
    const char *value;   /* of the option that was returned, if it takes one */
    const char *letters; /* what is left of a word of short options; NULL or "" = nothing */
    bool ended;          /* after "--" every word is no option */
};

/* The next option: its letter; -1: no option is left. When the command has to end, the result is 0 and
 * *exit_code is set: after -h, or after a line about a wrong word. options: ended by a row with an empty
 * name; -h and --help are added. Options and other words may be mixed; "-" is no option. Names are
 * not abbreviated.
 *
 * The reader is our own for the size of the program: musl's getopt_long needs several times its code. */
int nrs_command_option(const struct nrs_command *c, struct nrs_arguments *args,
                       const struct nrs_option *options, int *exit_code);

/* No word may stand beside the options: 0, or NRS_EXIT_USAGE after a line. */
int nrs_command_no_more(const struct nrs_command *c, const struct nrs_arguments *args);

/* One line that begins with the word at fault and ends with where help is. Returns NRS_EXIT_USAGE. */
int nrs_command_complain(const struct nrs_command *c, const char *word, const char *what);

/* The help of one command on standard output. */
void nrs_command_help(const struct nrs_command *c);

/* Reads the configuration: `given`, else the default file, else (there is none) the defaults. *path: an
 * absolute path that lives as long as the program, because the agent changes its folder; NULL = there is no
 * file. 0 or NRS_EXIT_USAGE after a line. */
int nrs_command_config(const struct nrs_command *c, const char *given, struct nrs_config *config,
                       const char **path);

#endif
