/* From a judgement to lines, and where the lines go. pending.c delays, findings.c joins. */
#include "agent/verdicts/verdicts.h"

#include "agent/log.h"
#include "agent/verdicts/verdicts_internal.h"
#include "platform/clock.h"

void nrs_verdicts_init(struct nrs_verdicts *v, const struct nrs_verdicts_conf *conf)
{
    *v = (struct nrs_verdicts){.conf = *conf, .waits = conf->programs->fd >= 0};
}

void nrs_verdicts_emit(struct nrs_verdicts *v, const char *line, int len, bool keep)
{
    if (len <= 0)
        return;
    if (v->conf.spool == NULL || v->conf.print)
        nrs_print(line, (size_t)len);
    if (v->conf.spool != NULL)
        /* a loss is counted there and is in the health record */
        (void)nrs_spool_append(v->conf.spool, line, (size_t)len, keep);
}

struct nrs_verdict_id nrs_verdicts_next_id(struct nrs_verdicts *v)
{
    return (struct nrs_verdict_id){
        .host = v->conf.host, .boot = v->conf.boot, .seq = ++v->seq, .wall_ns = nrs_clock_wall_ns()};
}

/* A free place, or that of the oldest which is not pending. Its query is closed, so there are never more
 * queries than places. */
static struct nrs_beacon *beacon_place(struct nrs_verdicts *v)
{
    struct nrs_beacon *b = v->beacons;

    while (b < v->beacons + NRS_VERDICTS_BEACONS && b->d != 0)
        b++;
    while (b == v->beacons + NRS_VERDICTS_BEACONS || nrs_pending_of(v, b->d) != NULL) {
        b = &v->beacons[v->next_beacon];
        v->next_beacon = (v->next_beacon + 1) % NRS_VERDICTS_BEACONS;
    }
    nrs_programs_forget(v->conf.programs, b->d);
    return b;
}

static void remember(struct nrs_verdicts *v, const struct nrs_judgement *j, uint32_t seq)
{
    struct nrs_beacon *b = beacon_place(v);

    *b = (struct nrs_beacon){.d = j->dest_id,
                             .seq = seq,
                             .serial = j->model->serial,
                             .connection = {j->local, j->remote, j->rport, j->proto},
                             .n = j->n,
                             .period_ms = j->period_ms,
                             .jitter_pct = j->jitter_pct,
                             .risk = j->risk};
    nrs_programs_query(v->conf.programs, b->d, &b->connection, b->period_ms, b->jitter_pct);
}

struct nrs_beacon *nrs_verdicts_beacon(struct nrs_verdicts *v, uint32_t d)
{
    for (struct nrs_beacon *b = v->beacons; b < v->beacons + NRS_VERDICTS_BEACONS && d != 0; b++)
        if (b->d == d)
            return b;
    return NULL;
}

/* The verdict is over: an answer has nothing to join any more. */
static void forget(struct nrs_verdicts *v, uint32_t d)
{
    struct nrs_beacon *b = nrs_verdicts_beacon(v, d);

    if (b != NULL)
        b->d = 0;
    nrs_programs_forget(v->conf.programs, d);
}

static void report(struct nrs_verdicts *v, const struct nrs_judgement *j)
{
    struct nrs_pending *p = j->state == NRS_STATE_OPEN && j->wait_ms > 0 ? nrs_pending_take(v, j) : NULL;
    struct nrs_verdict_id id = nrs_verdicts_next_id(v);
    bool evidence = v->conf.evidence && j->matrix != NULL && j->state != NRS_STATE_END;
    char buf[NRS_EVIDENCE_MAX + 1], *line = p != NULL ? p->line : buf;
    uint32_t of = id.seq;
    int len = nrs_verdict_write(line, NRS_VERDICT_MAX + 1, j, &id);

    if (j->state == NRS_STATE_OPEN)
        remember(v, j, of);
    if (p != NULL)
        nrs_pending_spool(v, p, len);
    else
        nrs_verdicts_emit(v, line, len, true);
    if (!evidence)
        return;
    id = nrs_verdicts_next_id(v);
    len = nrs_evidence_write(p != NULL ? p->evidence : buf, NRS_EVIDENCE_MAX + 1, j, &id, of);
    if (p != NULL)
        p->evidence_len = len;
    else
        nrs_verdicts_emit(v, buf, len, false);
}

void nrs_verdicts_judged(void *verdicts, const struct nrs_judgement *j)
{
    struct nrs_verdicts *v = verdicts;
    struct nrs_pending *p = nrs_pending_of(v, j->dest_id);
    bool never_reported = p != NULL && j->state == NRS_STATE_END && j->allowed;

    if (j->state == NRS_STATE_NONE)
        return;
    if (never_reported)
        nrs_pending_withdraw(v, p);
    else if (p != NULL)
        nrs_pending_report(v, p);
    if (!never_reported)
        report(v, j);
    if (j->state == NRS_STATE_END)
        forget(v, j->dest_id);
}
