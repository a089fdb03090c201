/* The start, in the order that rights demand: the agent opens everything that needs rights, gives up the
 * rights, and only then reads the first byte from outside. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/run/agent.h"
#include "agent/run/concerns.h"
#include "models/base/error.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"
#include "platform/privileges.h"
#include "platform/random.h"

struct nrs_agent *nrs_agent_new(void)
{
    struct nrs_agent *a = calloc(1, sizeof *a);

    if (a == NULL)
        nrs_log("there is not enough memory (%zu KiB)", sizeof *a / 1024);
    else
        a->spool_dir = a->state_dir = a->programs.fd = -1;
    return a;
}

bool nrs_agent_pick_user(struct nrs_config *c)
{
    struct nrs_why why;

    if (c->user[0] != '\0')
        return true;
    strcpy(c->user, "noroshi");
    if (nrs_privileges_check_user(c->user, &why) == 0)
        return true;
    strcpy(c->user, "nobody");
    return false;
}

int nrs_agent_set_allow(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    bool program = false;

    for (uint32_t i = 0; i < c->allow.n; i++)
        program |= c->allow.rules[i].process[0] != '\0';
    if (program && a->programs.fd < 0)
        nrs_log("allow: the scanner is %s: a rule with `process` never fits", a->programs.state);
    return nrs_core_set_allow(a->core, c->allow.rules, c->allow.n);
}

static int open_core(struct nrs_agent *a)
{
    struct nrs_core_conf conf = {.dest_cap = a->config.table.destinations,
                                 .watched_cap = a->config.table.watched,
                                 .name_cap = a->config.table.names,
                                 .min_conns = a->config.report.min_conns,
                                 .update_s = a->config.report.update_s};
    size_t len = nrs_core_bytes(&conf);
    int rc = NRS_ERR_SPACE;

    nrs_random(NULL, (unsigned char *)&conf.hash_seed, sizeof conf.hash_seed);
    a->core_mem = calloc(1, len);
    if (a->core_mem != NULL)
        rc = nrs_core_init(&a->core, a->core_mem, len, &conf, a->slots.model, nrs_clock_boot_ns());
    if (rc == 0)
        rc = nrs_agent_set_allow(a);
    if (rc != 0) {
        nrs_log("table: %s (%zu KiB)", nrs_strerror(rc), len / 1024);
        return NRS_EXIT_FAILED;
    }
    return 0;
}

/* Level 2 is information, which `check` shows in its own way. */
static void log_source(void *arg, int level, const char *message)
{
    const bool *quiet = arg;

    if (level < 2 || !*quiet)
        nrs_log("%s", message);
}

int nrs_agent_open_source(struct nrs_agent *a, bool quiet)
{
    const struct nrs_config *c = &a->config;
    const struct nrs_flowsrc_conf conf = {.order = c->source.order,
                                          .ifaces = c->source.interfaces,
                                          .buf_bytes = c->source.buffer_kib * 1024,
                                          .poll_ms = c->source.poll_s * 1000,
                                          .max_open = c->source.open_flows,
                                          .names = c->source.names,
                                          .log = log_source,
                                          .log_arg = &a->quiet_source};

    a->quiet_source = quiet;
    return nrs_flowsrc_open(&a->source, &conf) == 0 ? 0 : NRS_EXIT_FAILED; /* it has said why */
}

/* The agent's own connections to the collector are not judged: the core leaves these addresses out. */
static void exempt(void *arg, const struct sockaddr *address)
{
    struct nrs_agent *a = arg;
    struct nrs_addr to = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
    uint16_t port;

    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;

        memcpy(to.b, &v6->sin6_addr, 16);
        port = ntohs(v6->sin6_port);
    } else {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;

        memcpy(to.b + 12, &v4->sin_addr, 4);
        port = ntohs(v4->sin_port);
    }
    for (unsigned i = 0; i < a->n_exempt; i++)
        if (memcmp(&a->exempt[i], &to, sizeof to) == 0)
            return;
    if (a->n_exempt < NRS_AGENT_EXEMPT_MAX && nrs_core_exempt(a->core, &to, port, NRS_PROTO_TCP) == 0)
        a->exempt[a->n_exempt++] = to;
}

static int due_health(void *arg, char *buf, size_t cap)
{
    struct nrs_agent *a = arg;

    return nrs_clock_boot_ns() >= a->health_due_ns ? nrs_agent_health(a, buf, cap) : 0;
}

static void health_sent(void *arg)
{
    struct nrs_agent *a = arg;

    a->health_due_ns = nrs_clock_boot_ns() + a->config.report.health_s * NRS_NS_PER_S;
}

static void log_uplink(void *arg, const char *line)
{
    (void)arg;
    nrs_log("%s", line);
}

static void open_verdicts(struct nrs_agent *a)
{
    const struct nrs_verdicts_conf conf = {.host = a->host,
                                           .boot = a->boot,
                                           .spool = a->spool_dir >= 0 ? &a->spool : NULL,
                                           .programs = &a->programs,
                                           .core = a->core,
                                           .print = a->options.print,
                                           .evidence = a->config.report.evidence};

    nrs_verdicts_init(&a->verdicts, &conf);
}

static void open_uplink(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    const struct nrs_uplink_conf conf = {.url = c->collector.url,
                                         .proxy = c->collector.proxy,
                                         .content_type = c->collector.content_type,
                                         .prefix = c->collector.prefix,
                                         .spool = &a->spool,
                                         .transport = &a->stream.transport,
                                         .health = due_health,
                                         .health_sent = health_sent,
                                         .log = log_uplink,
                                         .arg = a};

    nrs_stream_init(&a->stream, &a->loop, a->tls_now, exempt, a);
    nrs_uplink_init(&a->uplink, &a->loop, &conf);
}

static void report_concerns(const struct nrs_agent *a)
{
    (void)nrs_concerns_identity(&a->config, a->tls_now);
    (void)nrs_concerns_rules(&a->config);
    (void)nrs_concerns_sources(&a->config);
}

int nrs_agent_open(struct nrs_agent *a)
{
    bool remote = a->config.collector.url.host[0] != '\0';
    int rc = 0;

    a->started_ns = nrs_clock_boot_ns();
    a->no_user = !nrs_agent_pick_user(&a->config);
    nrs_programs_start(&a->programs, &a->config); /* first of all: the new process has to hold nothing */
    if (remote) {
        rc = nrs_agent_load_tls(&a->config, &a->tls[0]);
        a->tls_now = rc == 0 ? &a->tls[0] : NULL;
    }
    if (rc == 0)
        rc = nrs_agent_name(&a->config, a->tls_now, a->host);
    if (rc == 0)
        rc = nrs_agent_open_folders(a);
    if (rc == 0)
        rc = nrs_agent_give_folders(a);
    if (rc == 0)
        rc = nrs_agent_open_slots(a);
    if (rc != 0)
        return rc;
    report_concerns(a);
    if (nrs_agent_try_model(a) == 0)
        nrs_slots_confirm(&a->slots);
    rc = open_core(a);
    return rc == 0 ? nrs_agent_open_source(a, false) : rc;
}

/* The folder of the configuration stays readable for a reload. Spool and state folder stay writable; they are
 * named by descriptor, because the way to them may be closed to the new user. */
int nrs_agent_confine(struct nrs_agent *a)
{
    const int writable[] = {a->spool_dir, a->state_dir};
    char folder[NRS_CONFIG_PATH_MAX] = "";
    struct nrs_why why;
    char *slash;
    int rc;

    if (a->options.config != NULL)
        snprintf(folder, sizeof folder, "%s", a->options.config);
    slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    if (a->spool_dir >= 0 && nrs_dir_enter(a->spool_dir) != 0)
        nrs_log("spool.dir: %s: cannot be entered", a->config.spool.dir);
    if (a->programs.note.text[0] != '\0')
        nrs_log("scanner: %s", a->programs.note.text);
    if (a->no_user && nrs_privileges_is_root())
        nrs_log("user: this system has no user noroshi; as nobody, the agent can be ended by any other "
                "process of nobody");
    rc = nrs_privileges_drop(a->config.user, &why);
    nrs_log("rights: %s", why.text);
    if (rc != 0 && rc != -ENOSYS)
        return NRS_EXIT_FAILED;
    nrs_privileges_confine(writable, 2, folder[0] != '\0' ? folder : NULL, &why);
    nrs_log("rights: %s", why.text);
    uv_os_setenv("UV_THREADPOOL_SIZE", "1"); /* one name at a time is looked up */
    uv_loop_init(&a->loop);
    open_verdicts(a);
    rc = nrs_agent_begin_folders(a);
    if (rc == 0 && a->spool_dir >= 0) {
        nrs_verdicts_adopt_held(&a->verdicts, a->spool_dir);
        open_uplink(a);
    }
    return rc;
}

void nrs_agent_close(struct nrs_agent *a)
{
    if (a->source != NULL)
        nrs_flowsrc_close(a->source);
    nrs_agent_close_folders(a);
    if (a->tls_now != NULL)
        nrs_tls_client_done(a->tls_now);
    if (a->tls_spare_in_use)
        nrs_tls_client_done(a->tls_now == &a->tls[0] ? &a->tls[1] : &a->tls[0]);
    nrs_programs_close(&a->programs);
    free(a->core_mem);
}
