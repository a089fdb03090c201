#include "agent/commands/check.h"

#include <stdio.h>
#include <string.h>

#include "models/base/units.h"
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
    int rc;

    a->spool_dir = -1;
    if (c->collector.url.host[0] == '\0')
        return 0;
    rc = nrs_dir_open(c->spool.dir);
    a->spool_dir = rc;
    if (rc >= 0)
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
    if (nrs_agent_open_slots(a) != 0 || nrs_agent_try_model(a) != 0)
        return NRS_EXIT_USAGE;
    printf("model      %s%u, %s\n", a->slots.kind->rule, (unsigned)a->slots.trial->serial,
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

int nrs_check(struct nrs_agent *a, const char *path)
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
    if (a->spool_dir >= 0)
        nrs_file_close(a->spool_dir);
    if (rc == 0)
        rc = check_source(&a->config);
    if (rc == 0)
        printf("everything is fine\n");
    return rc == 0 ? NRS_EXIT_OK : NRS_EXIT_USAGE;
}
