/* Verdicts that wait for their program. Each has a pending record in the spool, so that an agent that is
 * killed meanwhile reports it at its next start; reported twice, it has the same event.id. Evidence is in
 * memory only: it is the first thing to lose. */
#include "agent/verdicts/verdicts_internal.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"

struct nrs_pending *nrs_pending_of(struct nrs_verdicts *v, uint32_t d)
{
    for (struct nrs_pending *p = v->pending; p < v->pending + NRS_VERDICTS_PENDING && d != 0; p++)
        if (p->d == d)
            return p;
    return NULL;
}

struct nrs_pending *nrs_pending_take(struct nrs_verdicts *v, const struct nrs_judgement *j)
{
    struct nrs_pending *p = v->pending;

    while (p < v->pending + NRS_VERDICTS_PENDING && p->d != 0)
        p++;
    if (!v->waits || p == v->pending + NRS_VERDICTS_PENDING)
        return NULL;
    p->d = j->dest_id;
    p->until_ns = nrs_clock_boot_ns() + j->wait_ms * NRS_NS_PER_MS;
    p->known = false;
    p->spooled = p->len = p->evidence_len = 0;
    v->n_pending++;
    return p;
}

void nrs_pending_spool(struct nrs_verdicts *v, struct nrs_pending *p, int len)
{
    p->len = len;
    if (v->conf.spool != NULL && len > 0)
        p->spooled = nrs_spool_append_pending(v->conf.spool, p->line, (size_t)len);
}

void nrs_pending_withdraw(struct nrs_verdicts *v, struct nrs_pending *p)
{
    if (v->conf.spool != NULL)
        nrs_spool_settle(v->conf.spool, p->spooled);
    p->d = 0;
    v->n_pending--;
}

void nrs_pending_report(struct nrs_verdicts *v, struct nrs_pending *p)
{
    nrs_verdicts_emit(v, p->line, p->len, true);
    nrs_verdicts_emit(v, p->evidence, p->evidence_len, false);
    /* after the record that replaces it: a kill in between sends it twice, not never */
    nrs_pending_withdraw(v, p);
}

void nrs_pending_settle(struct nrs_verdicts *v, uint64_t boot_ns)
{
    for (struct nrs_pending *p = v->pending; p < v->pending + NRS_VERDICTS_PENDING; p++)
        if (p->d != 0 && (!v->waits || p->known || boot_ns >= p->until_ns))
            nrs_pending_report(v, p);
}

void nrs_verdicts_adopt_held(struct nrs_verdicts *v, int spool_dir)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv"; /* there were 32 of them */
    char line[NRS_VERDICT_MAX + 1], name[] = "held-?";

    for (size_t i = 0; i < sizeof digits - 1; i++) {
        int len;

        name[sizeof name - 2] = digits[i];
        len = nrs_file_load(spool_dir, name, line, sizeof line);
        if (len <= 0)
            continue;
        if (line[len - 1] == '\n')
            nrs_verdicts_emit(v, line, len, true);
        if (nrs_spool_sync(v->conf.spool) == 0)
            (void)nrs_file_remove(spool_dir, name);
    }
}
