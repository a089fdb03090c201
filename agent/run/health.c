/* The health record: how the agent is doing, in numbers (VERDICT.md lists them). */
#include "agent/run/agent.h"
#include "models/base/text.h"
#include "agent/core/verdict.h"
#include "agent/release.h"
#include "models/base/units.h"
#include "models/kinds.h"
#include "platform/clock.h"

bool nrs_clock_is_set(void)
{
    const uint64_t days = UINT64_C(365) * (NRS_AGENT_YEAR - 1970) + (NRS_AGENT_YEAR - 1969) / 4;

    return nrs_clock_wall_ns() / NRS_NS_PER_S >= days * NRS_S_PER_DAY;
}

static void add_number(struct nrs_text *t, const char *key, uint64_t value)
{
    nrs_text_raw(t, key);
    nrs_text_u64(t, value);
}

static void add_string(struct nrs_text *t, const char *key, const char *value)
{
    nrs_text_raw(t, key);
    nrs_text_string(t, value);
}

static void add_head(struct nrs_text *t, struct nrs_agent *a)
{
    nrs_text_raw(t, "{\"@timestamp\":\"");
    nrs_text_time(t, nrs_clock_wall_ns() / NRS_NS_PER_S);
    nrs_text_raw(t, "\",\"event.kind\":\"metric\",\"event.dataset\":\"noroshi.health\",\"event.id\":\"");
    nrs_text_raw(t, a->host);
    nrs_text_raw(t, "-");
    nrs_text_raw(t, a->boot);
    nrs_text_raw(t, "-");
    nrs_text_hex(t, nrs_verdicts_next_id(&a->verdicts).seq);
    nrs_text_raw(t, "\",\"host.id\":\"");
    nrs_text_raw(t, a->host);
    add_string(t, "\",\"agent.version\":", NRS_VERSION);
}

int nrs_agent_health(struct nrs_agent *a, char *buf, size_t cap)
{
    struct nrs_core_stats core;
    struct nrs_text t;
    size_t rss = 0;

    nrs_core_stats(a->core, &core);
    uv_resident_set_memory(&rss);
    nrs_text_init(&t, buf, cap);
    add_head(&t, a);
    add_number(&t, ",\"noroshi\":{\"v\":1,\"up\":", (nrs_clock_boot_ns() - a->started_ns) / NRS_NS_PER_S);
    add_string(&t, ",\"src\":", nrs_flowsrc_name(a->source));
    add_string(&t, ",\"cov\":", nrs_coverage_name(nrs_flowsrc_coverage(a->source)));
    nrs_text_raw(&t, ",\"mdl\":\"");
    nrs_kind_write_rule(&t, NRS_KIND_BEACON, a->slots.model->serial);
    add_number(&t, "\",\"dst\":", core.dests);
    add_number(&t, ",\"wat\":", core.watched);
    add_number(&t, ",\"flows\":", core.flows);
    add_number(&t, ",\"lost\":", core.lost);
    add_number(&t, ",\"evict\":", core.evicted);
    add_number(&t, ",\"sup\":", core.suppressed);
    add_number(&t, ",\"hld\":", a->verdicts.n_pending);
    add_number(&t, ",\"scn\":", a->programs.fd < 0 ? 0 : a->programs.notice_error == 0 ? 2 : 1);
    add_number(&t, ",\"fil\":", a->programs.counts.scanned);
    add_number(&t, ",\"lim\":", a->programs.counts.limited);
    add_number(&t, ",\"los\":", a->programs.counts.lost);
    add_number(&t, ",\"pak\":", a->programs.counts.packed);
    add_number(&t, ",\"q\":", nrs_spool_waiting(&a->spool));
    add_number(&t, ",\"drop\":", (uint64_t)a->spool.dropped + a->spool.errors + a->uplink.stats.refused);
    add_number(&t, ",\"clk\":", !nrs_clock_is_set());
    add_number(&t, ",\"rss\":", rss / 1024);
    nrs_text_raw(&t, "}}\n");
    return t.full ? 0 : (int)t.len;
}
