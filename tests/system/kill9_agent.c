/* The agent's spool and uplink without its core: makes numbered verdicts at a rate, spools and posts them, and notes
 * the event.id of each one that is in the spool. It is made to be killed.
 *
 * usage: kill9_agent CONFIG NOTES RATE [COUNT]
 *        RATE verdicts a second; 0 = only send what waits, then end with 0. After COUNT verdicts it ends at once. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "agent/spool/boot_id.h"
#include "agent/config/config.h"
#include "agent/net/stream.h"
#include "agent/spool/spool.h"
#include "agent/uplink/uplink.h"
#include "platform/files.h"
#include "platform/path_trust.h"

#define FLUSH_MS 50

static struct nrs_config config;
static struct nrs_spool spool;
static struct nrs_tls_client tls;
static struct nrs_stream stream;
static struct nrs_uplink uplink;
static char boot[NRS_BOOT_ID_MAX + 1];
static int notes;
static uint32_t seq, count;

static int no_health(void *arg, char *buf, size_t cap)
{
    (void)arg;
    (void)buf;
    (void)cap;
    return 0;
}

static void no_health_sent(void *arg)
{
    (void)arg;
}

static void quiet(void *arg, const char *line)
{
    (void)arg;
    (void)line;
}

static void make_verdict(uv_timer_t *timer)
{
    char line[1024], id[64];
    int len;

    (void)timer;
    snprintf(id, sizeof id, "device-1-%s-%" PRIx32 "\n", boot, ++seq);
    len = snprintf(
        line, sizeof line,
        "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"alert\",\"event.dataset\":"
        "\"noroshi.beacon\",\"event.id\":\"%.*s\",\"host.id\":\"device-1\",\"event.risk_score\":93,"
        "\"source.ip\":\"192.168.1.23\",\"destination.ip\":\"203.0.113.7\",\"destination.port\":443,"
        "\"network.transport\":\"tcp\",\"rule.id\":\"beacon-7\",\"noroshi\":{\"v\":1,\"st\":\"open\","
        "\"d\":%" PRIu32 ",\"w\":\"24h\",\"score\":2608,\"n\":320,\"f\":0,\"p\":300000,\"j\":12,\"h\":24,"
        "\"age\":86400,\"cov\":\"full\",\"why\":\"gap_mad+2608,bias+0\",\"m\":"
        "\"7u/v7v3u/v7+/u/uL4aIlpjDlpyDmpRPpkavM+bDppo5mYaKmITGxE6J\"}}\n",
        (int)strlen(id) - 1, id, seq);
    if (nrs_spool_append(&spool, line, (size_t)len, true) == 0 && write(notes, id, strlen(id)) < 0)
        abort();
    if (seq == count)
        exit(0);
}

static void flush(uv_timer_t *timer)
{
    nrs_spool_sync(&spool);
    nrs_uplink_kick(&uplink);
    if (timer->data == NULL && nrs_spool_waiting(&spool) == 0)
        exit(0);
}

int main(int argc, char **argv)
{
    const unsigned rate = argc >= 4 ? (unsigned)atoi(argv[3]) : 0;
    uv_loop_t *loop = uv_default_loop();
    uv_timer_t make_timer, flush_timer;
    struct nrs_why why;
    int dir;

    count = argc == 5 ? (uint32_t)atoi(argv[4]) : 0;
    if (argc < 4 || nrs_config_load(&config, argv[1], &why) != 0 ||
        nrs_tls_client_load(&tls, config.collector.ca, config.collector.cert, config.collector.key, &why))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    notes = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dir = nrs_dir_open(config.spool.dir, NULL);
    if (notes < 0 || dir < 0 || nrs_dir_lock(dir) != 0 ||
        nrs_spool_open(&spool, dir, config.spool.kib * 1024) != 0 || nrs_boot_id_next(dir, boot) != 0)
        return 2;
    nrs_stream_init(&stream, loop, &tls, NULL, NULL);
    nrs_uplink_init(&uplink, loop,
                    &(struct nrs_uplink_conf){.url = config.collector.url,
                                              .proxy = config.collector.proxy,
                                              .content_type = config.collector.content_type,
                                              .prefix = config.collector.prefix,
                                              .spool = &spool,
                                              .transport = &stream.transport,
                                              .health = no_health,
                                              .health_sent = no_health_sent,
                                              .log = quiet});
    uv_timer_init(loop, &make_timer);
    uv_timer_init(loop, &flush_timer);
    flush_timer.data = rate > 0 ? &flush_timer : NULL;
    if (rate > 0)
        uv_timer_start(&make_timer, make_verdict, 0, 1000 / rate);
    uv_timer_start(&flush_timer, flush, 0, FLUSH_MS);
    return uv_run(loop, UV_RUN_DEFAULT);
}
