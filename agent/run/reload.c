/* SIGHUP: the agent reads the file again. It changes what can be changed without forgetting flows, and names
 * in one line what waits for a restart. After an error everything stays as it was. */
#include <string.h>

#include "agent/run/agent.h"
#include "agent/run/concerns.h"
#include "platform/clock.h"

/* Parts that were sized or opened at the start. */
static void name_what_stays(const struct nrs_config *now, const struct nrs_config *wanted)
{
    const struct {
        const char *name;
        const void *a, *b;
        size_t size;
    } part[] = {
        {"host_id", now->host_id, wanted->host_id, sizeof now->host_id},
        {"user", now->user, wanted->user, sizeof now->user},
        {"source", &now->source, &wanted->source, sizeof now->source},
        {"table", &now->table, &wanted->table, sizeof now->table},
        {"scan", &now->scan, &wanted->scan, sizeof now->scan},
        {"spool", &now->spool, &wanted->spool, sizeof now->spool},
        {"state", &now->state, &wanted->state, sizeof now->state},
        {"collector.url", now->collector.url_text, wanted->collector.url_text,
         sizeof now->collector.url_text},
        {"collector.proxy", now->collector.proxy_text, wanted->collector.proxy_text,
         sizeof now->collector.proxy_text},
        {"report.min_conns", &now->report.min_conns, &wanted->report.min_conns, sizeof now->report.min_conns},
        {"report.update_s", &now->report.update_s, &wanted->report.update_s, sizeof now->report.update_s},
    };

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (memcmp(part[i].a, part[i].b, part[i].size) != 0)
            nrs_log("reload: %s: a change needs a restart", part[i].name);
}

/* Certificates and key are read into the place that is free and used from the next connection on. */
static void reload_tls(struct nrs_agent *a, const struct nrs_config *wanted)
{
    struct nrs_tls_client *spare = a->tls_now == &a->tls[0] ? &a->tls[1] : &a->tls[0];

    if (a->tls_now == NULL)
        return;
    if (!nrs_uplink_swapped(&a->uplink)) {
        nrs_log("reload: the last reload's certificates still wait for a connection to end");
        return;
    }
    if (a->tls_spare_in_use)
        nrs_tls_client_done(spare);
    a->tls_spare_in_use = false;
    if (nrs_agent_load_tls(wanted, spare) != 0) {
        nrs_log("reload: the certificates in use stay");
        return;
    }
    a->tls_now = spare;
    a->tls_spare_in_use = true; /* the old one, until the uplink has let go of it */
    nrs_uplink_swap_tls(&a->uplink, spare);
}

static void reload_model(struct nrs_agent *a)
{
    const struct nrs_model *before = a->slots.model;

    if (nrs_agent_try_model(a) != 0)
        return;
    nrs_slots_confirm(&a->slots);
    if (a->slots.model == before)
        return;
    nrs_core_set_model(a->core, a->slots.model);
    nrs_agent_keep_floor(a);
    nrs_log("reload: model %s%u in use", a->slots.kind->rule, (unsigned)a->slots.model->serial);
}

void nrs_agent_reload(struct nrs_agent *a)
{
    struct nrs_config wanted;
    struct nrs_why why;

    if (a->options.config == NULL) {
        nrs_log("reload: there is no configuration file");
        return;
    }
    if (nrs_config_load(&wanted, a->options.config, &why) != 0) {
        nrs_log("reload: %s; everything stays as it was", why.text);
        return;
    }
    (void)nrs_agent_pick_user(&wanted);
    name_what_stays(&a->config, &wanted);
    reload_tls(a, &wanted);
    (void)nrs_concerns_identity(&wanted, a->tls_now);
    (void)nrs_concerns_rules(&wanted);
    a->config.model = wanted.model;
    a->config.report.health_s = wanted.report.health_s;
    a->config.report.flush_s = wanted.report.flush_s;
    a->config.report.evidence = wanted.report.evidence;
    a->verdicts.conf.evidence = wanted.report.evidence;
    a->config.allow = wanted.allow;
    (void)nrs_agent_set_allow(a); /* never too many */
    a->health_due_ns = 0;
    reload_model(a);
    if (a->spool_dir >= 0)
        nrs_uplink_hurry(&a->uplink);
    nrs_log("reload: done");
}
