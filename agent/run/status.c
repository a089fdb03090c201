#include "agent/run/status.h"

#include "agent/run/agent.h"
#include "agent/trust/clock_trust.h"
#include "agent/run/facts.h"
#include "agent/release.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"

static void add_sight(struct nrs_facts *f, struct nrs_agent *a)
{
    struct nrs_core_stats core;

    nrs_core_stats(a->core, &core);
    nrs_facts_string(f, "source", nrs_flowsrc_name(a->source));
    nrs_facts_string(f, "sees", nrs_flowsrc_coverage_note(a->source));
    nrs_facts_number(f, "model", a->slots.model->serial);
    nrs_facts_number(f, "destinations", core.dests);
    nrs_facts_number(f, "watched", core.watched);
    nrs_facts_number(f, "flagged", core.flagged);
    nrs_facts_number(f, "suppressed", core.suppressed);
    nrs_facts_number(f, "held", a->verdicts.n_pending);
    nrs_facts_number(f, "flows", core.flows);
    nrs_facts_number(f, "lost", core.lost);
    nrs_facts_number(f, "evicted", core.evicted);
}

static const char *programs_seen(const struct nrs_programs *p)
{
    if (p->fd < 0)
        return "";
    return p->notice_error == 0 ? "notified as they start, and walked" : "walked";
}

static void add_scanner(struct nrs_facts *f, struct nrs_agent *a)
{
    const struct nrs_programs_counts *c = &a->programs.counts;

    nrs_facts_string(f, "scanner", a->programs.state);
    nrs_facts_string(f, "programs", programs_seen(&a->programs));
    nrs_facts_number(f, "files_seen", c->seen);
    nrs_facts_number(f, "files_cached", c->cached);
    nrs_facts_number(f, "files_scanned", c->scanned);
    nrs_facts_number(f, "files_limited", c->limited);
    nrs_facts_number(f, "files_lost", c->lost);
    nrs_facts_number(f, "files_packed", c->packed);
    nrs_facts_number(f, "joined", a->verdicts.n_combos);
}

static void add_uplink(struct nrs_facts *f, struct nrs_agent *a)
{
    const struct nrs_uplink_stats *up = &a->uplink.stats;

    nrs_facts_string(f, "collector", a->config.collector.url_text);
    nrs_facts_number(f, "posts", up->posts);
    nrs_facts_number(f, "stored", up->stored);
    nrs_facts_number(f, "last_stored", up->last_ok_s);
    nrs_facts_number(f, "last_status", (uint64_t)up->last_status);
    nrs_facts_number(f, "failures", up->failures);
    nrs_facts_string(f, "failure", a->uplink.why);
    nrs_facts_number(f, "refused", up->refused);
    nrs_facts_number(f, "spooled", nrs_spool_waiting(&a->spool));
    nrs_facts_number(f, "dropped", a->spool.dropped);
    nrs_facts_number(f, "spool_errors", a->spool.errors);
    nrs_facts_number(f, "clock_set", nrs_clock_is_set());
}

void nrs_agent_write_status(struct nrs_agent *a)
{
    char text[NRS_STATUS_MAX];
    struct nrs_facts f;
    int len;

    if (a->spool_dir < 0)
        return;
    nrs_facts_begin(&f, text, sizeof text, ",\n", "{");
    nrs_facts_number(&f, "pid", (uint64_t)uv_os_getpid());
    nrs_facts_number(&f, "written", nrs_clock_wall_ns() / NRS_NS_PER_S);
    nrs_facts_string(&f, "version", NRS_VERSION);
    nrs_facts_string(&f, "host", a->host);
    nrs_facts_string(&f, "boot", a->boot);
    nrs_facts_number(&f, "up_s", (nrs_clock_boot_ns() - a->started_ns) / NRS_NS_PER_S);
    add_sight(&f, a);
    add_scanner(&f, a);
    add_uplink(&f, a);
    len = nrs_facts_end(&f, "}\n");
    a->status_owed = len <= 0 || nrs_file_replace(a->spool_dir, NRS_STATUS_NAME, text, (size_t)len, 0) != 0;
    if (a->status_owed) /* a file of an earlier start would name a process that is gone */
        (void)nrs_file_remove(a->spool_dir, NRS_STATUS_NAME);
}
