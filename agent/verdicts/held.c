/* Verdicts that wait for their program (core.h: NRS_STATE_HELD). Each has its line in a file of the spool's folder, so that an
 * agent that is killed meanwhile tells it at its next start; told twice, it has the same event.id. */
#include "agent/run/agent.h"
#include "platform/files.h"

static const char *name_of(size_t place)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    static char name[] = "held-?";

    _Static_assert(sizeof digits - 1 == NRS_QUERIES, "a digit for every place");
    name[5] = digits[place];
    return name;
}

void nrs_agent_hold(struct nrs_agent *a, const struct nrs_judgement *j)
{
    struct nrs_verdict_id id = nrs_agent_next_id(a);
    struct nrs_query *held = nrs_programs_query(&a->programs, j, id.seq);
    char line[NRS_VERDICT_MAX + 1];
    int len = nrs_verdict_write(line, sizeof line, j, &id);

    held->held = true;
    if (a->spool_dir >= 0 && len > 0) /* if the disk is full, it is in memory only */
        (void)nrs_file_replace(a->spool_dir, name_of((size_t)(held - a->programs.asked)), line, (size_t)len, 1);
}

void nrs_agent_let_go(struct nrs_agent *a, struct nrs_query *asked)
{
    if (asked == NULL || !asked->held)
        return;
    asked->held = false;
    if (a->spool_dir >= 0)
        (void)nrs_file_remove(a->spool_dir, name_of((size_t)(asked - a->programs.asked)));
}

void nrs_agent_tell_held(struct nrs_agent *a)
{
    char line[NRS_VERDICT_MAX + 1];

    for (size_t i = 0; i < NRS_QUERIES; i++) {
        int len = nrs_file_load(a->spool_dir, name_of(i), line, sizeof line);

        if (len > 0 && line[len - 1] == '\n')
            nrs_agent_emit(a, line, len, true);
        if (len > 0 && nrs_spool_sync(&a->spool) == 0)
            (void)nrs_file_remove(a->spool_dir, name_of(i));
    }
}
