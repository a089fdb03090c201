#include "agent/run/status.h"

#include "agent/run/agent.h"
#include "models/base/text.h"
#include "agent/release.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"

static void add_number(struct nrs_text *t, const char *key, uint64_t value)
{
    nrs_text_raw(t, t->len == 0 ? "{" : ",\n");
    nrs_text_string(t, key);
    nrs_text_raw(t, ":");
    nrs_text_u64(t, value);
}

static void add_string(struct nrs_text *t, const char *key, const char *value)
{
    nrs_text_raw(t, ",\n");
    nrs_text_string(t, key);
    nrs_text_raw(t, ":");
    nrs_text_string(t, value);
}

static void add_sight(struct nrs_text *t, struct nrs_agent *a)
{
    struct nrs_core_stats core;

    nrs_core_stats(a->core, &core);
    add_string(t, "source", nrs_flowsrc_name(a->source));
    add_string(t, "sees", nrs_flowsrc_coverage_note(a->source));
    add_number(t, "model", a->slots.model->serial);
    add_number(t, "destinations", core.dests);
    add_number(t, "watched", core.watched);
    add_number(t, "flagged", core.flagged);
    add_number(t, "suppressed", core.suppressed);
    add_number(t, "held", a->verdicts.n_pending);
    add_number(t, "flows", core.flows);
    add_number(t, "lost", core.lost);
    add_number(t, "evicted", core.evicted);
}

static void add_scanner(struct nrs_text *t, struct nrs_agent *a)
{
    const struct nrs_programs_counts *c = &a->programs.counts;

    add_string(t, "scanner", a->programs.state);
    add_string(t, "programs", a->programs.fd < 0 ? "" : a->programs.notice_error == 0 ? "notified as they start, and walked" : "walked");
    add_number(t, "files_seen", c->seen);
    add_number(t, "files_cached", c->cached);
    add_number(t, "files_scanned", c->scanned);
    add_number(t, "files_limited", c->limited);
    add_number(t, "files_lost", c->lost);
    add_number(t, "files_packed", c->packed);
    add_number(t, "joined", a->verdicts.n_combos);
}

static void add_uplink(struct nrs_text *t, struct nrs_agent *a)
{
    const struct nrs_uplink_stats *up = &a->uplink.stats;

    add_string(t, "collector", a->config.collector.url_text);
    add_number(t, "posts", up->posts);
    add_number(t, "stored", up->stored);
    add_number(t, "last_stored", up->last_ok_s);
    add_number(t, "last_status", (uint64_t)up->last_status);
    add_number(t, "failures", up->failures);
    add_string(t, "failure", a->uplink.why);
    add_number(t, "refused", up->refused);
    add_number(t, "spooled", nrs_spool_waiting(&a->spool));
    add_number(t, "dropped", a->spool.dropped);
    add_number(t, "spool_errors", a->spool.errors);
    add_number(t, "clock_set", nrs_clock_is_set());
}

void nrs_agent_write_status(struct nrs_agent *a)
{
    char text[NRS_STATUS_MAX];
    struct nrs_text t;

    if (a->spool_dir < 0)
        return;
    nrs_text_init(&t, text, sizeof text);
    add_number(&t, "pid", (uint64_t)uv_os_getpid());
    add_number(&t, "written", nrs_clock_wall_ns() / NRS_NS_PER_S);
    add_string(&t, "version", NRS_VERSION);
    add_string(&t, "host", a->host);
    add_string(&t, "boot", a->boot);
    add_number(&t, "up_s", (nrs_clock_boot_ns() - a->started_ns) / NRS_NS_PER_S);
    add_sight(&t, a);
    add_scanner(&t, a);
    add_uplink(&t, a);
    nrs_text_raw(&t, "}\n");
    a->status_owed = t.full || nrs_file_replace(a->spool_dir, NRS_STATUS_NAME, text, t.len, 0) != 0;
    if (a->status_owed) /* what an earlier start left names a process that is gone */
        (void)nrs_file_remove(a->spool_dir, NRS_STATUS_NAME);
}
