/* `noroshi check`: what would `run` and the collector make of this configuration? It goes the way of the
 * start (setup.c), with the same functions, and changes nothing but makes the folders. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/commands/check.h"
#include "agent/commands/command.h"
#include "agent/run/concerns.h"
#include "platform/files.h"
#include "platform/privileges.h"

#define TRIAL_BYTES 4096 /* what has to fit on the disk: a block of most file systems */

/* Counts what does not keep the agent from starting. */
struct check {
    struct nrs_agent *a;
    unsigned concerns;
};

static int check_user(struct check *k)
{
    struct nrs_config *c = &k->a->config;
    struct nrs_why why;
    bool named = c->user[0] != '\0', found = nrs_agent_pick_user(c);
    int rc = named ? nrs_privileges_check_user(c->user, &why) : 0;

    if (rc < 0 && rc != -ENOSYS) {
        nrs_log("%s", why.text);
        return NRS_EXIT_USAGE;
    }
    printf("user       %s%s\n", c->user, found ? "" : ": this system has no user noroshi");
    return 0;
}

static int check_identity(struct check *k)
{
    struct nrs_agent *a = k->a;
    const struct nrs_config *c = &a->config;
    unsigned concerns;
    int rc = 0;

    if (c->collector.url.host[0] != '\0') {
        rc = nrs_agent_load_tls(c, &a->tls[0]);
        a->tls_now = rc == 0 ? &a->tls[0] : NULL;
    }
    if (rc == 0)
        rc = nrs_agent_name(c, a->tls_now, a->host);
    if (rc != 0)
        return rc;
    concerns = nrs_concerns_identity(c, a->tls_now);
    k->concerns += concerns;
    printf("host       %s\n", a->host);
    if (a->tls_now == NULL)
        printf("collector  none: verdicts go to standard output\n");
    else
        printf("collector  %s%s\n", c->collector.url_text, concerns == 0 ? ", certificates and key fit" : "");
    return 0;
}

/* `run` goes on with a disk that is full or cannot be written, and loses what it cannot keep. */
static void check_writable(struct check *k, int dir, const char *key, const char *path)
{
    int rc = nrs_file_replace(dir, "check", k->a->uplink.body, TRIAL_BYTES, 1); /* unused so far: zeroes */

    if (rc >= 0)
        rc = nrs_file_remove(dir, "check");
    if (rc < 0) {
        nrs_log("%s: %s: cannot be written: %s", key, path, strerror(-rc));
        k->concerns++;
    }
}

static int check_folders(struct check *k)
{
    struct nrs_agent *a = k->a;
    const struct nrs_config *c = &a->config;
    int rc = nrs_agent_open_folders(a);

    if (rc != 0)
        return rc;
    if (a->spool_dir >= 0) {
        check_writable(k, a->spool_dir, "spool.dir", c->spool.dir);
        printf("spool      %s, %u KiB\n", c->spool.dir, (unsigned)c->spool.kib);
    }
    if (a->state_dir >= 0 && a->state_dir != a->spool_dir) {
        check_writable(k, a->state_dir, "state.dir", c->state.dir);
        printf("state      %s\n", c->state.dir);
    }
    return 0;
}

static int check_model(struct check *k)
{
    struct nrs_agent *a = k->a;

    if (nrs_agent_open_slots(a) != 0 || nrs_agent_try_model(a) != 0)
        return NRS_EXIT_USAGE;
    printf("model      %s%u, %s\n", a->slots.kind->rule, (unsigned)a->slots.trial->serial,
           a->config.model.file[0] != '\0' ? "signed by a trusted key" : "compiled in");
    return 0;
}

static int check_source(struct check *k)
{
    struct nrs_agent *a = k->a;

    k->concerns += nrs_concerns_sources(&a->config);
    if (nrs_agent_open_source(a, true) != 0)
        return NRS_EXIT_USAGE;
    printf("source     %s: %s\n", nrs_flowsrc_name(a->source), nrs_flowsrc_coverage_note(a->source));
    return 0;
}

static void check_rules(struct check *k)
{
    const struct nrs_config *c = &k->a->config;
    unsigned ended = nrs_concerns_rules(c);

    k->concerns += ended;
    if (c->allow.n > 0)
        printf("allow      %u rules, %u of them ended\n", (unsigned)c->allow.n, ended);
}

static int check_all(struct nrs_agent *a, const char *path, bool connect)
{
    static int (*const steps[])(struct check * k) = {check_user, check_identity, check_folders, check_model,
                                                     check_source};
    struct check k = {.a = a};
    int rc = 0;

    printf("config     %s\n", path != NULL ? path : "none: defaults");
    for (size_t i = 0; i < sizeof steps / sizeof *steps && rc == 0; i++)
        rc = steps[i](&k);
    if (rc == 0)
        check_rules(&k);
    if (rc == 0 && connect)
        k.concerns += nrs_check_connect(a) != 0;
    nrs_agent_close(a);
    if (rc != 0)
        return NRS_EXIT_USAGE;
    if (k.concerns == 0)
        printf("everything is fine\n");
    else
        printf("the agent would start, but %u of these have to be mended\n", k.concerns);
    return k.concerns == 0 ? NRS_EXIT_OK : NRS_EXIT_FAILED;
}

static int check(int argc, char **argv)
{
    static const struct nrs_option options[] = {
        {"config", 'c', true}, {"connect", 'o', false}, {"", 0, false}};
    struct nrs_arguments args = {.argc = argc, .argv = argv, .next = 1};
    const char *given = NULL, *path;
    struct nrs_agent *agent;
    int option, exit_code = 0;
    bool connect = false;

    while ((option = nrs_command_option(&nrs_command_check, &args, options, &exit_code)) > 0) {
        given = option == 'c' ? args.value : given;
        connect |= option == 'o';
    }
    if (option == 0)
        return exit_code;
    if (nrs_command_no_more(&nrs_command_check, &args) != 0)
        return NRS_EXIT_USAGE;
    agent = nrs_agent_new();
    if (agent == NULL)
        return NRS_EXIT_FAILED;
    exit_code = nrs_command_config(&nrs_command_check, given, &agent->config, &path);
    if (exit_code == 0)
        exit_code = check_all(agent, path, connect);
    free(agent);
    return exit_code;
}

const struct nrs_command nrs_command_check = {
    "check", "[--config FILE] [--connect]", "say what run and the collector would make of this configuration",
    "  --config FILE   the configuration (default " NRS_DEFAULT_CONFIG "; if that is not there, defaults)\n"
    "  --connect       make one connection to the collector, with an empty post, and show the answer\n"
    "\n"
    "exit codes: 0 everything is fine, 1 run would start, but something has to be mended, 2 run would not "
    "start\n",
    check};
