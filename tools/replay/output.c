/* What a judgement becomes: a verdict line, a row, a line of features, or a picture for the gallery. */
#include <inttypes.h>

#include "agent/core/verdict.h"
#include "tools/replay/replay.h"
#include "tools/replay/words.h"

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
    if (r->options->heatmap) {
        nrs_gallery_keep(&r->gallery, j, j->dest_id);
        return;
    }
    snprintf(boot, sizeof boot, "r%08" PRIx32, r->mark);
    id.seq = ++r->seq;
    write_line(r, line, nrs_verdict_write(line, sizeof line, j, &id));
    if (r->options->evidence)
        write_evidence(r, j, &id);
}

static void write_features(struct nrs_replay *r, const struct nrs_judgement *j, uint64_t from_s)
{
    char local[46], remote[46], number[4];
    unsigned i;

    nrs_addr_write(local, sizeof local, &j->local);
    nrs_addr_write(remote, sizeof remote, &j->remote);
    fprintf(r->out, "%" PRIu64 "\t%s\t%s\t%u\t%s\t%" PRIu32 "\t%" PRId32 "\t%d", from_s, local, remote,
            j->rport, nrs_words_transport(j->proto, number), j->n, j->score_mlogit, j->flagged);
    for (i = 0; i < j->model->schema->n_features; i++)
        fprintf(r->out, "\t%u", j->x[i]);
    putc('\n', r->out);
    r->totals.lines++;
}

void nrs_replay_header(struct nrs_replay *r)
{
    const struct nrs_schema *s = r->model->schema;
    unsigned i;

    if (!r->options->features)
        return;
    fputs("from\tsource.ip\tdestination.ip\tdestination.port\tnetwork.transport\tn\tscore\tflagged", r->out);
    for (i = 0; i < s->n_features; i++)
        fprintf(r->out, "\t%s", s->features[i].name);
    putc('\n', r->out);
}

/* A row of siblings names none of their servers: that one has its own row. */
static struct nrs_judgement without_server(const struct nrs_judgement *j)
{
    struct nrs_judgement out = *j;

    out.remote = (struct nrs_addr){{0}};
    out.rport = 0;
    out.name = NULL;
    return out;
}

void nrs_replay_row(void *replay, const struct nrs_judgement *judged)
{
    struct nrs_replay *r = replay;
    const struct nrs_judgement siblings = without_server(judged);
    const struct nrs_judgement *j = judged->servers ? &siblings : judged;
    uint64_t from_s = r->from_ns / 1000000000;
    char line[NRS_VERDICT_MAX + 1];

    r->totals.flagged += j->flagged;
    if (r->options->heatmap)
        nrs_gallery_keep(&r->gallery, j, 0);
    else if (r->options->features)
        write_features(r, j, from_s);
    else
        write_line(r, line, nrs_row_write(line, sizeof line, j, from_s));
}

void nrs_replay_last_look(void *replay, const struct nrs_judgement *j)
{
    struct nrs_replay *r = replay;

    if (j->dest_id != 0)
        nrs_gallery_refresh(&r->gallery, j, j->dest_id);
}
