/* From a judgement to lines, and where the lines go. */
#include <stdio.h>

#include "agent/agent.h"
#include "platform/clock.h"

void nrs_agent_print(const char *line, size_t len)
{
    fwrite(line, 1, len, stdout);
    fflush(stdout);
}

void nrs_agent_emit(struct nrs_agent *a, const char *line, int len, bool keep)
{
    if (len <= 0)
        return;
    if (a->spool_dir < 0 || a->options.print)
        nrs_agent_print(line, (size_t)len);
    if (a->spool_dir >= 0)
        (void)nrs_spool_append(&a->spool, line, (size_t)len,
                               keep); /* counted there, told in the health line */
}

struct nrs_verdict_id nrs_agent_next_id(struct nrs_agent *a)
{
    return (struct nrs_verdict_id){
        .host = a->host, .boot = a->boot, .seq = ++a->seq, .wall_ns = nrs_clock_wall_ns()};
}

void nrs_agent_judged(void *agent, const struct nrs_judgement *j)
{
    struct nrs_agent *a = agent;
    struct nrs_verdict_id id;
    char line[NRS_EVIDENCE_MAX + 1];
    uint32_t of;

    if (j->state == NRS_STATE_NONE)
        return;
    id = nrs_agent_next_id(a);
    of = id.seq;
    nrs_agent_emit(a, line, nrs_verdict_write(line, sizeof line, j, &id), true);
    if (j->state == NRS_STATE_OPEN)
        nrs_watch_ask(&a->watch, j, of);
    if (!a->config.report.evidence || j->matrix == NULL || j->state == NRS_STATE_END)
        return;
    id = nrs_agent_next_id(a);
    nrs_agent_emit(a, line, nrs_evidence_write(line, sizeof line, j, &id, of), false);
}
