/* The health record: how the agent is doing, in numbers (VERDICT.md lists them). */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "agent/agent.h"
#include "agent/release.h"
#include "platform/clock.h"

#define NS UINT64_C(1000000000)

bool nrs_clock_is_set(void)
{
    const uint64_t days = UINT64_C(365) * (NRS_AGENT_YEAR - 1970) + (NRS_AGENT_YEAR - 1969) / 4;

    return nrs_clock_wall_ns() / NS >= days * 86400;
}

static const char *coverage_word(enum nrs_coverage c)
{
    static const char *const words[] = {"full", "lossy", "no-udp", "closer-only"};

    return words[c];
}

static void stamp(char *buf, size_t cap)
{
    time_t t = (time_t)(nrs_clock_wall_ns() / NS);
    struct tm tm = {0};

    gmtime_r(&t, &tm);
    if (strftime(buf, cap, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        buf[0] = '\0';
}

int nrs_agent_health(struct nrs_agent *a, char *buf, size_t cap)
{
    struct nrs_core_stats core;
    size_t rss = 0;
    char now[32];
    int len;

    nrs_core_stats(a->core, &core);
    uv_resident_set_memory(&rss);
    stamp(now, sizeof now);
    len = snprintf(buf, cap,
                   "{\"@timestamp\":\"%s\",\"event.kind\":\"metric\",\"event.dataset\":\"noroshi.health\","
                   "\"event.id\":\"%s-%s-%" PRIx32 "\",\"host.id\":\"%s\",\"agent.version\":\"%s\",\"noroshi\":{"
                   "\"v\":1,\"up\":%" PRIu64 ",\"src\":\"%s\",\"cov\":\"%s\",\"mdl\":\"beacon-%" PRIu32 "\","
                   "\"dst\":%" PRIu32 ",\"wat\":%" PRIu32 ",\"flows\":%" PRIu64 ",\"lost\":%" PRIu64
                   ",\"evict\":%" PRIu64 ",\"q\":%" PRIu32 ",\"drop\":%" PRIu32 ",\"clk\":%d,\"rss\":%zu}}\n",
                   now, a->host, a->boot, ++a->seq, a->host, NRS_VERSION,
                   (nrs_clock_boot_ns() - a->started_ns) / NS, nrs_flowsrc_name(a->source),
                   coverage_word(nrs_flowsrc_coverage(a->source)), a->model->serial, core.dests, core.watched,
                   core.flows, core.lost, core.evicted, a->spool_dir < 0 ? 0 : nrs_spool_waiting(&a->spool),
                   a->spool.dropped + a->spool.errors + a->uplink.stats.refused, !nrs_clock_is_set(), rss / 1024);
    return len > 0 && (size_t)len < cap ? len : 0;
}
