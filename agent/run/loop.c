/* What happens when: flows as they come, judgements every few seconds, a flush when it is time, signals. */
#include <signal.h>
#include <string.h>

#include "agent/run/agent.h"
#include "models/base/units.h"
#include "platform/clock.h"

#define DRAIN_EVENTS 256 /* taken from the source at once */
#define DRAIN_ROUNDS 16  /* before other things get their turn */
#define TICK_MS 5000     /* judging is due once a minute and destination; asking more often costs little */
#define SOURCE_WAIT_MIN_MS 20

static void wait_for_source(struct nrs_agent *a);

static void on_flow(void *arg, const struct nrs_flow *f, const char *name)
{
    struct nrs_agent *a = arg;

    nrs_core_flow(a->core, f, name);
    nrs_programs_flow(&a->programs, f);
}

static void drain(struct nrs_agent *a)
{
    int n = DRAIN_EVENTS;

    for (int i = 0; i < DRAIN_ROUNDS && n >= DRAIN_EVENTS; i++)
        n = nrs_flowsrc_drain(a->source, nrs_clock_boot_ns(), DRAIN_EVENTS, on_flow, a);
    wait_for_source(a);
}

static void on_source_timer(uv_timer_t *timer)
{
    drain(timer->data);
}

static void on_source_ready(uv_poll_t *poll, int status, int events)
{
    struct nrs_agent *a = poll->data;

    (void)events;
    if (status < 0 && !a->source_failing) {
        a->source_failing = true;
        nrs_log("source: %s: %s", nrs_flowsrc_name(a->source), uv_strerror(status));
    }
    drain(a);
}

static void wait_for_source(struct nrs_agent *a)
{
    int ms = nrs_flowsrc_wait_ms(a->source, nrs_clock_boot_ns());

    if (ms >= 0 && !a->stopping)
        uv_timer_start(&a->source_timer, on_source_timer,
                       (uint64_t)(ms > SOURCE_WAIT_MIN_MS ? ms : SOURCE_WAIT_MIN_MS), 0);
}

/* Judging, and what comes of it. Findings are read first, because the core judges by what it knows of
 * programs. */
static void judge(struct nrs_agent *a)
{
    uint64_t now_ns = nrs_clock_boot_ns();

    (void)nrs_verdicts_read(&a->verdicts);
    nrs_core_set_wall(a->core, (int64_t)(nrs_clock_wall_ns() - now_ns));
    nrs_core_set_coverage(a->core, nrs_flowsrc_coverage(a->source));
    nrs_core_tick(a->core, now_ns, nrs_verdicts_judged, &a->verdicts);
    nrs_verdicts_settle(&a->verdicts, now_ns);
}

static void on_tick(uv_timer_t *timer)
{
    judge(timer->data);
}

/* Health is due at the start and then every health_s; without an uplink it is printed with `run
 * --print-report`. */
static void on_flush(uv_timer_t *timer)
{
    struct nrs_agent *a = timer->data;
    char line[NRS_HEALTH_MAX];

    if (a->spool_dir >= 0) {
        nrs_spool_sync(&a->spool);
        nrs_uplink_kick(&a->uplink);
        if (a->status_owed)
            nrs_agent_write_status(a);
    } else if (a->options.report_only && nrs_clock_boot_ns() >= a->health_due_ns) {
        a->health_due_ns = nrs_clock_boot_ns() + a->config.report.health_s * NRS_NS_PER_S;
        nrs_print(line, (size_t)nrs_agent_health(a, line, sizeof line));
    }
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void stop(struct nrs_agent *a)
{
    if (a->stopping)
        return;
    a->stopping = true;
    drain(a);
    nrs_verdicts_stop_waiting(&a->verdicts);
    judge(a);
    if (a->spool_dir >= 0) {
        nrs_uplink_close(&a->uplink);
        nrs_spool_sync(&a->spool);
        nrs_agent_write_status(a);
    }
    uv_close((uv_handle_t *)&a->source_timer, NULL);
    uv_close((uv_handle_t *)&a->tick_timer, NULL);
    uv_close((uv_handle_t *)&a->flush_timer, NULL);
    for (unsigned i = 0; i < nrs_flowsrc_count(a->source); i++)
        if (nrs_flowsrc_fd(a->source, i) >= 0)
            uv_close((uv_handle_t *)&a->source_poll[i], NULL);
    if (a->programs.fd >= 0)
        uv_close((uv_handle_t *)&a->programs_poll, NULL);
    for (size_t i = 0; i < sizeof a->signals / sizeof *a->signals; i++)
        uv_close((uv_handle_t *)&a->signals[i], NULL);
}

static void set_flush_timer(struct nrs_agent *a)
{
    uint64_t flush_ms = a->config.report.flush_s * UINT64_C(1000);

    uv_timer_start(&a->flush_timer, on_flush, flush_ms < 1000 ? flush_ms : 1000, flush_ms);
}

static void on_signal(uv_signal_t *s, int number)
{
    struct nrs_agent *a = s->data;

    if (number == SIGHUP) {
        nrs_agent_reload(a);
        set_flush_timer(a); /* its period may have changed */
    } else if (number == SIGUSR1) {
        drain(a);
        nrs_agent_write_status(a);
    } else {
        stop(a);
    }
}

static int watch_signals(struct nrs_agent *a)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1};
    int rc = 0;

    signal(SIGPIPE, SIG_IGN); /* a connection that ends while we write is an error code, not an end */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && rc == 0; i++) {
        uv_signal_init(&a->loop, &a->signals[i]);
        a->signals[i].data = a;
        rc = uv_signal_start(&a->signals[i], on_signal, numbers[i]);
    }
    return rc;
}

static int watch_source(struct nrs_agent *a)
{
    int rc = 0;

    uv_timer_init(&a->loop, &a->source_timer);
    a->source_timer.data = a;
    for (unsigned i = 0; i < nrs_flowsrc_count(a->source) && rc == 0; i++) {
        uv_poll_t *poll = &a->source_poll[i];
        int fd = nrs_flowsrc_fd(a->source, i);

        if (fd < 0)
            continue;
        rc = uv_poll_init(&a->loop, poll, fd);
        poll->data = a;
        if (rc == 0)
            rc = uv_poll_start(poll, UV_READABLE, on_source_ready);
    }
    wait_for_source(a);
    return rc;
}

static void on_programs_ready(uv_poll_t *poll, int status, int events)
{
    struct nrs_agent *a = poll->data;

    (void)status;
    (void)events;
    if (nrs_verdicts_read(&a->verdicts))
        uv_timer_start(&a->tick_timer, on_tick, 0, TICK_MS);
    if (a->programs.fd < 0)
        uv_close((uv_handle_t *)poll, NULL);
}

static int watch_scanner(struct nrs_agent *a)
{
    int rc = a->programs.fd >= 0 ? uv_poll_init(&a->loop, &a->programs_poll, a->programs.fd) : 0;

    if (a->programs.fd < 0 || rc != 0)
        return rc;
    a->programs_poll.data = a;
    return uv_poll_start(&a->programs_poll, UV_READABLE | UV_DISCONNECT, on_programs_ready);
}

int nrs_agent_loop(struct nrs_agent *a)
{
    int rc;

    uv_timer_init(&a->loop, &a->tick_timer);
    uv_timer_init(&a->loop, &a->flush_timer);
    a->tick_timer.data = a->flush_timer.data = a;
    rc = watch_signals(a);
    if (rc == 0)
        rc = watch_source(a);
    if (rc == 0)
        rc = watch_scanner(a);
    if (rc != 0) {
        nrs_log("loop: %s", uv_strerror(rc));
        uv_walk(&a->loop, close_handle, NULL);
        uv_run(&a->loop, UV_RUN_DEFAULT);
        return NRS_EXIT_FAILED;
    }
    uv_timer_start(&a->tick_timer, on_tick, TICK_MS, TICK_MS);
    set_flush_timer(a);
    nrs_agent_write_status(a);
    uv_run(&a->loop, UV_RUN_DEFAULT);
    return NRS_EXIT_OK;
}
