/* From a judgement to lines, and where the lines go. */
#include <stdio.h>

#include "agent/run/agent.h"
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

static void tell(struct nrs_agent *a, const struct nrs_judgement *j, struct nrs_query *asked)
{
    struct nrs_verdict_id id = nrs_agent_next_id(a);
    char line[NRS_EVIDENCE_MAX + 1];
    uint32_t of;

    if (asked != NULL && asked->held)
        id.seq = asked->seq;
    of = id.seq;
    nrs_agent_emit(a, line, nrs_verdict_write(line, sizeof line, j, &id), true);
    if (asked == NULL && j->state == NRS_STATE_OPEN)
        (void)nrs_programs_query(&a->programs, j, of);
    nrs_agent_let_go(a, asked);
    if (!a->config.report.evidence || j->matrix == NULL || j->state == NRS_STATE_END)
        return;
    id = nrs_agent_next_id(a);
    nrs_agent_emit(a, line, nrs_evidence_write(line, sizeof line, j, &id, of), false);
}

void nrs_agent_judged(void *agent, const struct nrs_judgement *j)
{
    struct nrs_agent *a = agent;
    struct nrs_query *asked = nrs_programs_query_of(&a->programs, j->dest_id);

    if (j->state == NRS_STATE_HELD)
        nrs_agent_hold(a, j);
    else if (j->state == NRS_STATE_ALLOWED)
        nrs_agent_let_go(a, asked);
    else if (j->state != NRS_STATE_NONE)
        tell(a, j, asked);
    if (asked != NULL && (j->state == NRS_STATE_END || j->state == NRS_STATE_ALLOWED))
        *asked = (struct nrs_query){.d = 0}; /* it is over: an answer has nothing to join any more */
}
