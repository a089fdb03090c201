/* From findings to lines, and to what the core knows of programs. */
#include <string.h>

#include "agent/run/agent.h"
#include "platform/execs.h"

/* The record of a packed file, told once however often it is met; 0: it is not packed. */
static uint32_t tell_packed(struct nrs_agent *a, const struct nrs_found *f)
{
    uint32_t seq = f->marks & NRS_MARK_PACKED ? nrs_packed_record(&a->programs, f) : 0;
    char line[NRS_VERDICT_MAX + 1];
    struct nrs_verdict_id id;

    if (!(f->marks & NRS_MARK_PACKED) || seq != 0)
        return seq;
    id = nrs_agent_next_id(a);
    nrs_agent_emit(a, line, nrs_programs_write_packer(line, sizeof line, f, &id), true);
    nrs_packed_note(&a->programs, f, id.seq);
    return id.seq;
}

/* A program whose path is not what it is called here is known, but no rule names it. What that means for its verdict is
 * told at once. */
static void tell_owner(struct nrs_agent *a, const struct nrs_found *f, const struct nrs_connection *c)
{
    const struct nrs_flow flow = {
        .local = c->local, .remote = c->remote, .rport = c->rport, .proto = c->proto, .dir = NRS_DIR_OUT};

    nrs_core_set_process(a->core, &flow, f->named ? f->path : "");
    nrs_agent_judge(a);
}

static void join(struct nrs_agent *a, const struct nrs_found *f)
{
    const struct nrs_query *asked = nrs_programs_query_of(&a->programs, f->d);
    uint32_t packer = tell_packed(a, f);
    char line[NRS_VERDICT_MAX + 1];
    struct nrs_verdict_id id;

    if (asked != NULL)
        tell_owner(a, f, &asked->connection);
    asked = nrs_programs_query_of(&a->programs, f->d); /* unless the verdict is over by that */
    if (asked == NULL || asked->held || f->marks == 0)
        return;
    id = nrs_agent_next_id(a);
    nrs_agent_emit(a, line, nrs_programs_write_combo(line, sizeof line, f, asked, packer, &id), true);
    a->programs.joined++;
}

static void say_what_it_sees(struct nrs_agent *a, int untold)
{
    unsigned walk_s = (unsigned)a->config.scan.walk_s;

    a->programs.untold = untold;
    if (untold == 0)
        nrs_log("scanner: programs are told as they start (%s), and walked every %u s", nrs_execs_name, walk_s);
    else
        nrs_log("scanner: programs are walked every %u s (%s: %s)", walk_s, nrs_execs_name, strerror(untold));
}

void nrs_agent_found(struct nrs_agent *a)
{
    struct nrs_found f;
    int rc;

    while ((rc = nrs_programs_next(&a->programs, &f)) > 0) {
        if (f.untold != a->programs.untold)
            say_what_it_sees(a, f.untold);
        if (f.path[0] != '\0')
            join(a, &f);
    }
    if (rc == 0)
        return;
    nrs_log("scanner: ended; verdicts go without programs until the next start");
    nrs_core_hold(a->core, false);
    nrs_agent_judge(a);
}
