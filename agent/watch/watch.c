#include "agent/watch/watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/watch/watcher.h"
#include "platform/clock.h"
#include "platform/files.h"
#include "platform/helper.h"

void nrs_watch_start(struct nrs_watch *w, const struct nrs_config *c)
{
    struct nrs_watcher_conf conf = {.walk_s = c->scan.walk_s, .new_s = c->scan.new_s};

    *w = (struct nrs_watch){.fd = -1, .state = "off", .untold = -1};
    if (!c->scan.watch)
        return;
    w->fd = nrs_helper_start(c->user, nrs_watcher_prepare, nrs_watcher_work, &conf, w->note, sizeof w->note);
    if (w->fd < 0) {
        snprintf(w->note, sizeof w->note, "off: %.26s", strerror(-w->fd));
        w->fd = -1;
        return;
    }
    w->state = "on";
}

static struct nrs_asked *next_place(struct nrs_watch *w)
{
    struct nrs_asked *a = &w->asked[w->next_asked];

    for (unsigned i = 0; i < NRS_WATCH_ASKED && a->held; i++)
        a = &w->asked[(w->next_asked + i) % NRS_WATCH_ASKED];
    w->next_asked = (unsigned)(a - w->asked + 1) % NRS_WATCH_ASKED;
    return a;
}

/* Half of all gaps lie within the jitter of the period, nearly all within three times that. */
static void send_question(struct nrs_watch *w, struct nrs_asked *a, uint32_t due_ms)
{
    uint64_t spread_ms = (uint64_t)a->period_ms * a->jitter_pct * 3 / 100 + 1000;
    const struct nrs_ask ask = {a->d, a->connection, due_ms, spread_ms < UINT32_MAX ? (uint32_t)spread_ms : UINT32_MAX};
    uint8_t bytes[NRS_ASK_BYTES];

    a->asked_ns = nrs_clock_boot_ns();
    nrs_ask_write(bytes, &ask);
    if (w->fd >= 0)
        (void)nrs_helper_write(w->fd, bytes, sizeof bytes); /* full: it is asked again */
}

struct nrs_asked *nrs_watch_ask(struct nrs_watch *w, const struct nrs_judgement *j, uint32_t seq)
{
    struct nrs_asked *a = next_place(w);

    *a = (struct nrs_asked){.d = j->dest_id,
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

void nrs_watch_flow(struct nrs_watch *w, const struct nrs_flow *f)
{
    uint64_t now_ns, since_ms;

    if (w->fd < 0 || (f->ev != NRS_EV_OPEN && f->ev != NRS_EV_WHOLE))
        return;
    for (struct nrs_asked *a = w->asked; a < w->asked + NRS_WATCH_ASKED; a++) {
        if (!a->hunted || !is_of(f, &a->connection))
            continue;
        now_ns = nrs_clock_boot_ns();
        since_ms = now_ns > f->t_ns ? (now_ns - f->t_ns) / 1000000 : 0;
        if (now_ns - a->asked_ns >= NRS_WATCH_AGAIN_NS)
            send_question(w, a, a->period_ms > since_ms ? a->period_ms - (uint32_t)since_ms : 0);
    }
}

struct nrs_asked *nrs_watch_asked(struct nrs_watch *w, uint32_t d)
{
    for (struct nrs_asked *a = w->asked; a < w->asked + NRS_WATCH_ASKED && d != 0; a++)
        if (a->d == d)
            return a;
    return NULL;
}

int nrs_watch_next(struct nrs_watch *w, struct nrs_found *f)
{
    uint8_t bytes[NRS_FOUND_BYTES];
    int n = w->fd < 0 ? -EAGAIN : nrs_helper_read(w->fd, bytes, sizeof bytes);

    if (n == -EAGAIN || n == -EINTR)
        return 0;
    if (n > 0 && nrs_found_read(f, bytes, (size_t)n) == 0) {
        w->counts = f->counts;
        for (struct nrs_asked *a = w->asked; a < w->asked + NRS_WATCH_ASKED; a++)
            a->hunted = a->hunted && a->d != f->d;
        return 1;
    }
    nrs_watch_close(w); /* gone, or not speaking our language any more */
    w->state = "ended";
    return -1;
}

uint32_t nrs_watch_told(const struct nrs_watch *w, const struct nrs_found *f)
{
    for (unsigned i = 0; i < NRS_WATCH_PACKED; i++)
        if (w->packed[i].seq != 0 && memcmp(w->packed[i].sha256, f->sha256, sizeof f->sha256) == 0)
            return w->packed[i].seq;
    return 0;
}

void nrs_watch_tell(struct nrs_watch *w, const struct nrs_found *f, uint32_t seq)
{
    memcpy(w->packed[w->next_packed].sha256, f->sha256, sizeof f->sha256);
    w->packed[w->next_packed].seq = seq;
    w->next_packed = (w->next_packed + 1) % NRS_WATCH_PACKED;
}

void nrs_watch_close(struct nrs_watch *w)
{
    (void)nrs_file_close(w->fd);
    w->fd = -1;
}
