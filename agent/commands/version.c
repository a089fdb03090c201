/* `noroshi version` */
#include <stdio.h>

#include "agent/commands/command.h"
#include "agent/release.h"

static int show(int argc, char **argv)
{
    static const struct nrs_option options[] = {{"", 0, false}};
    struct nrs_arguments args = {.argc = argc, .argv = argv, .next = 1};
    int exit_code;

    if (nrs_command_option(&nrs_command_version, &args, options, &exit_code) == 0)
        return exit_code;
    if (nrs_command_no_more(&nrs_command_version, &args) != 0)
        return NRS_EXIT_USAGE;
    puts("noroshi " NRS_VERSION);
    return NRS_EXIT_OK;
}

const struct nrs_command nrs_command_version = {"version", "", "print the version", "", show};
