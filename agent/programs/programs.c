#include "agent/programs/programs.h"

#include <errno.h>
#include <string.h>

#include "agent/log.h"
#include "agent/programs/scanner_process.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/execs.h"
#include "platform/files.h"
#include "platform/helper.h"

void nrs_programs_start(struct nrs_programs *p, const struct nrs_config *c)
{
    struct nrs_scanner_conf conf = {.walk_s = c->scan.walk_s, .new_s = c->scan.new_s};

    *p = (struct nrs_programs){
        .fd = -1, .state = "off", .notice_error = -1, .walk_s = (unsigned)c->scan.walk_s};
    if (!c->scan.watch)
        return;
    p->fd = nrs_helper_start(c->user, nrs_scanner_prepare, nrs_scanner_work, &conf, &p->note);
    if (p->fd < 0) {
        nrs_why(&p->note, 0, "off: %s", strerror(-p->fd));
        p->fd = -1;
        return;
    }
    p->state = "on";
}

static struct nrs_query *query_of(struct nrs_programs *p, uint32_t d)
{
    for (struct nrs_query *q = p->queries; q < p->queries + NRS_QUERIES; q++)
        if (q->d == d)
            return q;
    return NULL;
}

/* Half of all gaps lie within the jitter of the period, nearly all within three times that. */
static void send(struct nrs_programs *p, struct nrs_query *q, uint32_t due_ms)
{
    uint64_t spread_ms = (uint64_t)q->period_ms * q->jitter_pct * 3 / 100 + 1000;
    const struct nrs_ask ask = {q->d, q->connection, due_ms,
                                spread_ms < UINT32_MAX ? (uint32_t)spread_ms : UINT32_MAX};
    uint8_t bytes[NRS_ASK_BYTES];

    q->sent_ns = nrs_clock_boot_ns();
    nrs_ask_write(bytes, &ask);
    if (p->fd >= 0)
        (void)nrs_helper_write(p->fd, bytes, sizeof bytes); /* full: it is sent again */
}

void nrs_programs_query(struct nrs_programs *p, uint32_t d, const struct nrs_connection *c,
                        uint32_t period_ms, uint32_t jitter_pct)
{
    struct nrs_query *q = query_of(p, 0);

    if (q == NULL) {
        q = &p->queries[p->next_query];
        p->next_query = (p->next_query + 1) % NRS_QUERIES;
    }
    *q = (struct nrs_query){.d = d, .connection = *c, .period_ms = period_ms, .jitter_pct = jitter_pct};
    send(p, q, 0);
}

void nrs_programs_forget(struct nrs_programs *p, uint32_t d)
{
    struct nrs_query *q = d != 0 ? query_of(p, d) : NULL;

    if (q != NULL)
        q->d = 0;
}

static bool is_of(const struct nrs_flow *f, const struct nrs_connection *c)
{
    return f->rport == c->rport && f->proto == c->proto &&
           memcmp(&f->remote, &c->remote, sizeof f->remote) == 0 &&
           memcmp(&f->local, &c->local, sizeof f->local) == 0;
}

void nrs_programs_flow(struct nrs_programs *p, const struct nrs_flow *f)
{
    uint64_t now_ns, since_ms;

    if (p->fd < 0 || (f->ev != NRS_EV_OPEN && f->ev != NRS_EV_WHOLE))
        return;
    for (struct nrs_query *q = p->queries; q < p->queries + NRS_QUERIES; q++) {
        if (q->d == 0 || !is_of(f, &q->connection))
            continue;
        now_ns = nrs_clock_boot_ns();
        since_ms = now_ns > f->t_ns ? (now_ns - f->t_ns) / NRS_NS_PER_MS : 0;
        if (now_ns - q->sent_ns >= NRS_QUERY_AGAIN_NS)
            send(p, q, q->period_ms > since_ms ? q->period_ms - (uint32_t)since_ms : 0);
    }
}

static void say_what_it_sees(struct nrs_programs *p, int notice_error)
{
    if (notice_error == 0)
        nrs_log("scanner: the kernel notifies it of programs that start (%s); it walks all every %u s",
                nrs_execs_name, p->walk_s);
    else
        nrs_log("scanner: it walks all programs every %u s (%s: %s)", p->walk_s, nrs_execs_name,
                strerror(notice_error));
    p->notice_error = notice_error;
}

int nrs_programs_next(struct nrs_programs *p, struct nrs_found *f)
{
    uint8_t bytes[NRS_FOUND_BYTES];
    int n = p->fd < 0 ? -EAGAIN : nrs_helper_read(p->fd, bytes, sizeof bytes);

    if (n == -EAGAIN || n == -EINTR)
        return 0;
    if (n > 0 && nrs_found_read(f, bytes, (size_t)n) == 0) {
        p->counts = f->counts;
        nrs_programs_forget(p, f->d);
        if (f->notice_error != p->notice_error)
            say_what_it_sees(p, f->notice_error);
        return 1;
    }
    nrs_programs_close(p); /* gone, or not speaking our language any more */
    p->state = "ended";
    return -1;
}

void nrs_programs_close(struct nrs_programs *p)
{
    (void)nrs_file_close(p->fd);
    p->fd = -1;
}
