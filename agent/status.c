#include "agent/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/release.h"
#include "platform/clock.h"
#include "platform/files.h"

#define NS UINT64_C(1000000000)

/* Text that may hold anything, as it may stand in a JSON string. */
static const char *plain(const char *text, char *buf, size_t cap)
{
    size_t i;

    for (i = 0; text[i] != '\0' && i + 1 < cap; i++) {
        bool ok = text[i] >= ' ' && text[i] <= '~' && text[i] != '"' && text[i] != '\\';

        buf[i] = ok ? text[i] : '?';
    }
    buf[i] = '\0';
    return buf;
}

static int write_text(struct nrs_agent *a, char *buf, size_t cap)
{
    const struct nrs_uplink_stats *up = &a->uplink.stats;
    struct nrs_core_stats core;
    char note[256], why[256], url[512];

    nrs_core_stats(a->core, &core);
    return snprintf(
        buf, cap,
        "{\"pid\":%d,\"written\":%" PRIu64 ",\n\"version\":\"%s\",\"host\":\"%s\",\"boot\":\"%s\",\"up_s\":%" PRIu64
        ",\n\"source\":\"%s\",\"sees\":\"%s\",\"model\":\"beacon-%" PRIu32 "\",\n\"destinations\":%" PRIu32
        ",\"watched\":%" PRIu32 ",\"flagged\":%" PRIu32 ",\"flows\":%" PRIu64 ",\"lost\":%" PRIu64
        ",\"evicted\":%" PRIu64 ",\n\"collector\":\"%s\",\"posts\":%" PRIu64 ",\"stored\":%" PRIu64
        ",\"last_stored\":%" PRIu64 ",\"last_status\":%d,\"failures\":%" PRIu32 ",\"failure\":\"%s\",\n\"spooled\":%"
        PRIu32 ",\"dropped\":%" PRIu32 ",\"refused\":%" PRIu32 ",\"spool_errors\":%" PRIu32 ",\"clock_set\":%s}\n",
        (int)uv_os_getpid(), nrs_clock_wall_ns() / NS, NRS_VERSION, a->host, a->boot,
        (nrs_clock_boot_ns() - a->started_ns) / NS, nrs_flowsrc_name(a->source),
        plain(nrs_flowsrc_coverage_note(a->source), note, sizeof note), a->model->serial, core.dests, core.watched,
        core.flagged, core.flows, core.lost, core.evicted, plain(a->config.collector.url_text, url, sizeof url),
        up->posts, up->stored, up->last_ok_s, up->last_status, up->failures, plain(a->uplink.why, why, sizeof why),
        nrs_spool_waiting(&a->spool), a->spool.dropped, up->refused, a->spool.errors,
        nrs_clock_is_set() ? "true" : "false");
}

void nrs_agent_write_status(struct nrs_agent *a)
{
    char text[NRS_STATUS_MAX];
    int len;

    if (a->spool_dir < 0)
        return;
    len = write_text(a, text, sizeof text);
    if (len > 0 && (size_t)len < sizeof text)
        (void)nrs_file_replace(a->spool_dir, NRS_STATUS_NAME, text, (size_t)len, 0);
}
