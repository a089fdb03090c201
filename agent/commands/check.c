/* `noroshi check`: would `run` work with this configuration? */
#include "agent/commands/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/run/agent.h"
#include "models/base/units.h"
#include "models/kinds.h"
#include "platform/clock.h"
#include "platform/files.h"

static int check_identity(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    struct nrs_tls_client *tls = NULL;
    int rc = 0;

    if (c->collector.url.host[0] != '\0') {
        rc = nrs_agent_load_tls(c, &a->tls[0]);
        tls = rc == 0 ? &a->tls[0] : NULL;
    }
    if (rc == 0)
        rc = nrs_agent_name(c, tls, a->host);
    if (rc == 0)
        printf("host       %s\n", a->host);
    if (tls != NULL) {
        printf("collector  %s, certificates and key fit\n", c->collector.url_text);
        nrs_tls_client_done(tls);
    } else if (rc == 0) {
        printf("collector  none: verdicts go to standard output\n");
    }
    return rc;
}

static int check_spool(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    int rc = nrs_agent_open_folders(a);

    if (rc != 0 || a->spool_dir < 0)
        return rc;
    rc = nrs_file_replace(a->spool_dir, "check", "", 0, 0);
    if (rc >= 0)
        rc = nrs_file_remove(a->spool_dir, "check");
    if (rc < 0) {
        nrs_log("spool.dir: %s: %s", c->spool.dir, strerror(-rc));
        return NRS_EXIT_USAGE;
    }
    printf("spool      %s, %u KiB, writable\n", c->spool.dir, (unsigned)c->spool.kib);
    return 0;
}

static int check_model(struct nrs_agent *a)
{
    const struct nrs_model *m;
    int rc = nrs_agent_open_trust(a);

    if (rc != 0)
        return NRS_EXIT_USAGE;
    m = nrs_agent_load_model(a);
    if (m == NULL)
        return NRS_EXIT_USAGE;
    printf("model      %s%u, %s\n", nrs_kind(NRS_KIND_BEACON)->rule, (unsigned)m->serial,
           a->config.model.file[0] != '\0' ? "signed by a trusted key" : "compiled in");
    return 0;
}

static int check_source(const struct nrs_config *c)
{
    struct nrs_flowsrc *s;
    const struct nrs_flowsrc_conf conf = {.order = c->source.order,
                                          .ifaces = c->source.interfaces,
                                          .buf_bytes = c->source.buffer_kib * 1024,
                                          .max_open = c->source.open_flows};
    int rc = nrs_flowsrc_open(&s, &conf);

    if (rc < 0) {
        nrs_log("source: %s: no source of flows works here: %s", c->source.order, strerror(-rc));
        return NRS_EXIT_USAGE;
    }
    printf("source     %s: %s\n", nrs_flowsrc_name(s), nrs_flowsrc_coverage_note(s));
    nrs_flowsrc_close(s);
    return 0;
}

/* A rule that ended is no error, but easily overlooked. */
static void show_rules(const struct nrs_config *c)
{
    uint64_t today = nrs_clock_wall_ns() / NRS_NS_PER_DAY;
    unsigned ended = 0;

    for (uint32_t i = 0; i < c->allow.n; i++)
        ended += c->allow.rules[i].end_day != 0 && today >= c->allow.rules[i].end_day;
    if (c->allow.n > 0)
        printf("allow      %u rules, %u of them ended\n", (unsigned)c->allow.n, ended);
}

static int check_all(struct nrs_agent *a, const char *path)
{
    int rc;

    printf("config     %s\n", path != NULL ? path : "none: defaults");
    rc = check_identity(a);
    if (rc == 0)
        rc = check_spool(a);
    if (rc == 0)
        rc = check_model(a);
    if (rc == 0)
        show_rules(&a->config);
    nrs_agent_close_folders(a);
    if (rc == 0)
        rc = check_source(&a->config);
    if (rc == 0)
        printf("everything is fine\n");
    return rc == 0 ? NRS_EXIT_OK : NRS_EXIT_USAGE;
}

static int check(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'}, {0}};
    const char *given = NULL, *path;
    struct nrs_agent *agent;
    int option, exit_code = 0;

    while ((option = nrs_command_option(&nrs_command_check, argc, argv, NULL, options, &exit_code)) > 0)
        given = optarg;
    if (option == 0)
        return exit_code;
    if (nrs_command_no_more(&nrs_command_check, argc, argv) != 0)
        return NRS_EXIT_USAGE;
    agent = nrs_agent_new();
    if (agent == NULL)
        return NRS_EXIT_FAILED;
    exit_code = nrs_command_config(&nrs_command_check, given, &agent->config, &path);
    if (exit_code == 0)
        exit_code = check_all(agent, path);
    free(agent);
    return exit_code;
}

const struct nrs_command nrs_command_check = {
    "check", "[--config FILE]", "say whether run would work with this configuration: files, certificates, model, sources",
    "  --config FILE   the configuration (default " NRS_DEFAULT_CONFIG "; if that is not there, defaults)\n", check};
