/* agent/commands/command.h - the commands of the program `noroshi`: one row each, and what they share
 *
 * main.c has the table. A command reads its own arguments with nrs_command_option, which answers -h and
 * --help and complains about words that it does not know. */
#ifndef NRS_COMMAND_H
#define NRS_COMMAND_H
#include <getopt.h>

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

/* The next option of argv, as getopt_long gives it: its letter; -1: no more, optind is the first other word.
 * When the command has to end, the result is 0 and *exit_code is set: after -h, or after a line about a wrong
 * word. letters: the short options, NULL = none; options: the long ones, ended by a row of zeroes. -h and
 * --help are added. */
int nrs_command_option(const struct nrs_command *c, int argc, char **argv, const char *letters,
                       const struct option *options, int *exit_code);

/* No word may follow the options: 0, or NRS_EXIT_USAGE after a line. */
int nrs_command_no_more(const struct nrs_command *c, int argc, char **argv);

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
