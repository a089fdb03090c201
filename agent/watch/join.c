/* From findings to lines. */
#include "agent/agent.h"

/* The record of a packed file, told once however often it is met; 0: it is not packed. */
static uint32_t tell_packed(struct nrs_agent *a, const struct nrs_found *f)
{
    uint32_t seq = f->marks & NRS_MARK_PACKED ? nrs_watch_told(&a->watch, f) : 0;
    char line[NRS_WATCH_LINE_MAX + 1];
    struct nrs_verdict_id id;

    if (!(f->marks & NRS_MARK_PACKED) || seq != 0)
        return seq;
    id = nrs_agent_next_id(a);
    nrs_agent_emit(a, line, nrs_watch_write_packer(line, sizeof line, f, &id), true);
    nrs_watch_tell(&a->watch, f, id.seq);
    return id.seq;
}

static void join(struct nrs_agent *a, const struct nrs_found *f)
{
    const struct nrs_asked *asked = nrs_watch_asked(&a->watch, f);
    uint32_t packer = tell_packed(a, f);
    char line[NRS_WATCH_LINE_MAX + 1];
    struct nrs_verdict_id id;

    if (asked == NULL || f->marks == 0)
        return;
    id = nrs_agent_next_id(a);
    nrs_agent_emit(a, line, nrs_watch_write_combo(line, sizeof line, f, asked, packer, &id), true);
    a->watch.joined++;
}

void nrs_agent_found(struct nrs_agent *a)
{
    struct nrs_found f;
    int rc;

    while ((rc = nrs_watch_next(&a->watch, &f)) > 0)
        if (f.path[0] != '\0')
            join(a, &f);
    if (rc < 0)
        nrs_log("scanner: ended; verdicts go without programs until the next start");
}
