/* `noroshi run` */
#include <stdlib.h>

#include "agent/commands/command.h"
#include "agent/run/agent.h"

static const char help[] =
    "  --config FILE   the configuration (default " NRS_DEFAULT_CONFIG "; if that is not there, defaults)\n"
    "  --print         show every verdict on standard output, too\n"
    "  --print-report  show exactly what would be sent; send nothing and keep nothing\n"
    "\n"
    "signals\n"
    "  HUP   read configuration, certificates and model again     TERM, INT  write out what is waiting, end\n"
    "  USR1  write status.json in the spool directory\n"
    "\n"
    "files: " NRS_DEFAULT_CONFIG "; the spool directory: *.seg, acked, boot, status.json\n";

static int run_agent(struct nrs_agent *a, const struct nrs_run_options *options, const char *given)
{
    int rc;

    a->options = *options;
    rc = nrs_command_config(&nrs_command_run, given, &a->config, &a->options.config);
    if (rc != 0)
        return rc;
    rc = nrs_agent_open(a);
    if (rc == 0)
        rc = nrs_agent_confine(a);
    if (rc == 0)
        rc = nrs_agent_loop(a);
    nrs_agent_close(a);
    return rc;
}

static int run(int argc, char **argv)
{
    static const struct nrs_option options[] = {
        {"config", 'c', true}, {"print", 'p', false}, {"print-report", 'r', false}, {"", 0, false}};
    struct nrs_arguments args = {.argc = argc, .argv = argv, .next = 1};
    struct nrs_run_options opt = {.config = NULL};
    struct nrs_agent *agent;
    const char *given = NULL;
    int option, exit_code = 0;

    while ((option = nrs_command_option(&nrs_command_run, &args, options, &exit_code)) > 0) {
        given = option == 'c' ? args.value : given;
        opt.print |= option == 'p';
        opt.report_only |= option == 'r';
    }
    if (option == 0)
        return exit_code;
    if (nrs_command_no_more(&nrs_command_run, &args) != 0)
        return NRS_EXIT_USAGE;
    agent = nrs_agent_new();
    exit_code = agent != NULL ? run_agent(agent, &opt, given) : NRS_EXIT_FAILED;
    free(agent);
    return exit_code;
}

const struct nrs_command nrs_command_run = {
    "run", "[--config FILE] [--print] [--print-report]",
    "watch, judge, report to the collector; without one, verdicts go to standard output", help, run};
