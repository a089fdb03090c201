/* What a judgement becomes: a verdict line, a row, or a picture for the gallery. */
#include <inttypes.h>

#include "agent/core/verdict.h"
#include "tools/replay/replay.h"

static void write_line(struct nrs_replay *r, const char *line, int len)
{
    if (len <= 0)
        return;
    fwrite(line, 1, (size_t)len, r->out);
    r->totals.lines++;
}

static void write_evidence(struct nrs_replay *r, const struct nrs_judgement *j, struct nrs_verdict_id *id)
{
    char line[NRS_EVIDENCE_MAX + 1];
    uint32_t of = id->seq;

    if (!j->matrix)
        return;
    id->seq = ++r->seq;
    write_line(r, line, nrs_evidence_write(line, sizeof line, j, id, of));
}

void nrs_replay_verdict(void *replay, const struct nrs_judgement *j)
{
    struct nrs_replay *r = replay;
    char line[NRS_VERDICT_MAX + 1], boot[16];
    struct nrs_verdict_id id = {.host = r->options->host_id, .boot = boot, .wall_ns = j->t_ns};

    r->totals.flagged += j->state == NRS_STATE_OPEN;
    if (r->options->explain)
        return;
    if (r->options->heatmap) {
        if (j->state == NRS_STATE_OPEN) /* the words are of that moment */
            nrs_gallery_keep(&r->gallery, j, j->dest_id);
        return;
    }
    if (r->options->format != NRS_FORMAT_NDJSON) {
        nrs_replay_table_line(r, j, 0);
        return;
    }
    snprintf(boot, sizeof boot, "r%08" PRIx32, r->mark);
    id.seq = ++r->seq;
    write_line(r, line, nrs_verdict_write(line, sizeof line, j, &id));
    if (r->options->evidence)
        write_evidence(r, j, &id);
}

void nrs_replay_row(void *replay, uint64_t from_s, const struct nrs_judgement *j)
{
    struct nrs_replay *r = replay;
    char line[NRS_VERDICT_MAX + 1];

    r->totals.flagged += j->flagged;
    if (r->options->heatmap)
        nrs_gallery_keep(&r->gallery, j, 0);
    else if (r->options->format != NRS_FORMAT_NDJSON)
        nrs_replay_table_line(r, j, from_s);
    else
        write_line(r, line, nrs_row_write(line, sizeof line, j, from_s));
}

void nrs_replay_last_look(void *replay, const struct nrs_judgement *j)
{
    struct nrs_replay *r = replay;

    if (j->dest_id != 0)
        nrs_gallery_refresh(&r->gallery, j, j->dest_id);
}
