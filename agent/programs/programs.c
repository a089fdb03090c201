#include "agent/programs/programs.h"

#include <errno.h>
#include <string.h>

#include "agent/programs/scanner_process.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"
#include "platform/helper.h"

void nrs_programs_start(struct nrs_programs *w, const struct nrs_config *c)
{
    struct nrs_scanner_conf conf = {.walk_s = c->scan.walk_s, .new_s = c->scan.new_s};

    *w = (struct nrs_programs){.fd = -1, .state = "off", .untold = -1};
    if (!c->scan.watch)
        return;
    w->fd = nrs_helper_start(c->user, nrs_scanner_prepare, nrs_scanner_work, &conf, &w->note);
    if (w->fd < 0) {
        nrs_why(&w->note, 0, "off: %s", strerror(-w->fd));
        w->fd = -1;
        return;
    }
    w->state = "on";
}

static struct nrs_query *next_place(struct nrs_programs *w)
{
    struct nrs_query *a = &w->asked[w->next_asked];

    for (unsigned i = 0; i < NRS_QUERIES && a->held; i++)
        a = &w->asked[(w->next_asked + i) % NRS_QUERIES];
    w->next_asked = (unsigned)(a - w->asked + 1) % NRS_QUERIES;
    return a;
}

/* Half of all gaps lie within the jitter of the period, nearly all within three times that. */
static void send_question(struct nrs_programs *w, struct nrs_query *a, uint32_t due_ms)
{
    uint64_t spread_ms = (uint64_t)a->period_ms * a->jitter_pct * 3 / 100 + 1000;
    const struct nrs_ask ask = {a->d, a->connection, due_ms, spread_ms < UINT32_MAX ? (uint32_t)spread_ms : UINT32_MAX};
    uint8_t bytes[NRS_ASK_BYTES];

    a->asked_ns = nrs_clock_boot_ns();
    nrs_ask_write(bytes, &ask);
    if (w->fd >= 0)
        (void)nrs_helper_write(w->fd, bytes, sizeof bytes); /* full: it is asked again */
}

struct nrs_query *nrs_programs_query(struct nrs_programs *w, const struct nrs_judgement *j, uint32_t seq)
{
    struct nrs_query *a = next_place(w);

    *a = (struct nrs_query){.d = j->dest_id,
                            .seq = seq,
                            .serial = j->model->serial,
                            .connection = {j->local, j->remote, j->rport, j->proto},
                            .n = j->n,
                            .period_ms = j->period_ms,
                            .jitter_pct = j->jitter_pct,
                            .risk = j->risk,
                            .hunted = true};
    send_question(w, a, 0);
    return a;
}

static bool is_of(const struct nrs_flow *f, const struct nrs_connection *c)
{
    return f->rport == c->rport && f->proto == c->proto && memcmp(&f->remote, &c->remote, sizeof f->remote) == 0 &&
           memcmp(&f->local, &c->local, sizeof f->local) == 0;
}

void nrs_programs_flow(struct nrs_programs *w, const struct nrs_flow *f)
{
    uint64_t now_ns, since_ms;

    if (w->fd < 0 || (f->ev != NRS_EV_OPEN && f->ev != NRS_EV_WHOLE))
        return;
    for (struct nrs_query *a = w->asked; a < w->asked + NRS_QUERIES; a++) {
        if (!a->hunted || !is_of(f, &a->connection))
            continue;
        now_ns = nrs_clock_boot_ns();
        since_ms = now_ns > f->t_ns ? (now_ns - f->t_ns) / NRS_NS_PER_MS : 0;
        if (now_ns - a->asked_ns >= NRS_QUERY_AGAIN_NS)
            send_question(w, a, a->period_ms > since_ms ? a->period_ms - (uint32_t)since_ms : 0);
    }
}

struct nrs_query *nrs_programs_query_of(struct nrs_programs *w, uint32_t d)
{
    for (struct nrs_query *a = w->asked; a < w->asked + NRS_QUERIES && d != 0; a++)
        if (a->d == d)
            return a;
    return NULL;
}

int nrs_programs_next(struct nrs_programs *w, struct nrs_found *f)
{
    uint8_t bytes[NRS_FOUND_BYTES];
    int n = w->fd < 0 ? -EAGAIN : nrs_helper_read(w->fd, bytes, sizeof bytes);

    if (n == -EAGAIN || n == -EINTR)
        return 0;
    if (n > 0 && nrs_found_read(f, bytes, (size_t)n) == 0) {
        w->counts = f->counts;
        for (struct nrs_query *a = w->asked; a < w->asked + NRS_QUERIES; a++)
            a->hunted = a->hunted && a->d != f->d;
        return 1;
    }
    nrs_programs_close(w); /* gone, or not speaking our language any more */
    w->state = "ended";
    return -1;
}

void nrs_programs_close(struct nrs_programs *w)
{
    (void)nrs_file_close(w->fd);
    w->fd = -1;
}
