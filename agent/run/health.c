/* The health record: how the agent is doing, in numbers (VERDICT.md lists them). */
#include <stdio.h>

#include "agent/run/agent.h"
#include "agent/trust/clock_trust.h"
#include "agent/run/facts.h"
#include "agent/core/verdict.h"
#include "agent/release.h"
#include "models/base/units.h"
#include "models/kinds.h"
#include "platform/clock.h"

static void add_head(struct nrs_facts *f, struct nrs_agent *a)
{
    char when[32], id[NRS_HOST_ID_MAX + NRS_BOOT_ID_MAX + 12];
    const struct nrs_verdict_id next = nrs_verdicts_next_id(&a->verdicts);
    struct nrs_text t;

    nrs_text_init(&t, when, sizeof when);
    nrs_text_time(&t, nrs_clock_wall_ns() / NRS_NS_PER_S);
    snprintf(id, sizeof id, "%s-%s-%x", a->host, a->boot, (unsigned)next.seq);
    nrs_facts_string(f, "@timestamp", when);
    nrs_facts_string(f, "event.kind", "metric");
    nrs_facts_string(f, "event.dataset", "noroshi.health");
    nrs_facts_string(f, "event.id", id);
    nrs_facts_string(f, "host.id", a->host);
    nrs_facts_string(f, "agent.version", NRS_VERSION);
}

int nrs_agent_health(struct nrs_agent *a, char *buf, size_t cap)
{
    char coverage[NRS_COVERAGE_TEXT];
    struct nrs_core_stats core;
    struct nrs_facts f;
    struct nrs_text name;
    char model[24];
    size_t rss = 0;

    nrs_core_stats(a->core, &core);
    uv_resident_set_memory(&rss);
    nrs_text_init(&name, model, sizeof model);
    nrs_kind_write_rule(&name, NRS_KIND_BEACON, a->slots.model->serial);
    nrs_facts_begin(&f, buf, cap, ",", "{");
    add_head(&f, a);
    nrs_text_raw(&f.text, ",\"noroshi\":{");
    nrs_facts_number(&f, "v", 1);
    nrs_facts_number(&f, "up", (nrs_clock_boot_ns() - a->started_ns) / NRS_NS_PER_S);
    nrs_facts_string(&f, "src", nrs_flowsrc_name(a->source));
    nrs_facts_string(&f, "cov", nrs_coverage_write(coverage, nrs_flowsrc_coverage(a->source)));
    nrs_facts_string(&f, "mdl", model);
    nrs_facts_number(&f, "dst", core.dests);
    nrs_facts_number(&f, "wat", core.watched);
    nrs_facts_number(&f, "flows", core.flows);
    nrs_facts_number(&f, "lost", core.lost);
    nrs_facts_number(&f, "evict", core.evicted);
    nrs_facts_number(&f, "sup", core.suppressed);
    nrs_facts_number(&f, "hld", a->verdicts.n_pending);
    nrs_facts_number(&f, "scn", a->programs.fd < 0 ? 0 : a->programs.notice_error == 0 ? 2 : 1);
    nrs_facts_number(&f, "fil", a->programs.counts.scanned);
    nrs_facts_number(&f, "lim", a->programs.counts.limited);
    nrs_facts_number(&f, "los", a->programs.counts.lost);
    nrs_facts_number(&f, "pak", a->programs.counts.packed);
    nrs_facts_number(&f, "q", nrs_spool_waiting(&a->spool));
    nrs_facts_number(&f, "drop", (uint64_t)a->spool.dropped + a->spool.errors + a->uplink.stats.refused);
    nrs_facts_number(&f, "clk", !nrs_clock_is_set());
    nrs_facts_number(&f, "rss", rss / 1024);
    return nrs_facts_end(&f, "}}\n");
}
