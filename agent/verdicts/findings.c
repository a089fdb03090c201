/* From findings about programs to lines, and to what the core knows of programs. */
#include <string.h>

#include "agent/log.h"
#include "agent/verdicts/verdicts_internal.h"

static uint32_t packed_record(const struct nrs_verdicts *v, const struct nrs_found *f)
{
    for (unsigned i = 0; i < NRS_VERDICTS_PACKED; i++)
        if (v->packed[i].seq != 0 && memcmp(v->packed[i].sha256, f->sha256, sizeof f->sha256) == 0)
            return v->packed[i].seq;
    return 0;
}

/* The record of a packed file, which is reported once, however often the file is seen. 0: it is not
 * packed. */
static uint32_t report_packed(struct nrs_verdicts *v, const struct nrs_found *f)
{
    uint32_t seq = f->marks & NRS_MARK_PACKED ? packed_record(v, f) : 0;
    char line[NRS_VERDICT_MAX + 1];
    struct nrs_verdict_id id;

    if (!(f->marks & NRS_MARK_PACKED) || seq != 0)
        return seq;
    id = nrs_verdicts_next_id(v);
    nrs_verdicts_emit(v, line, nrs_packer_line(line, sizeof line, f, &id), true);
    memcpy(v->packed[v->next_packed].sha256, f->sha256, sizeof f->sha256);
    v->packed[v->next_packed].seq = id.seq;
    v->next_packed = (v->next_packed + 1) % NRS_VERDICTS_PACKED;
    return id.seq;
}

static void join(struct nrs_verdicts *v, const struct nrs_found *f)
{
    const struct nrs_beacon *b = nrs_verdicts_beacon(v, f->d);
    uint32_t packer = report_packed(v, f);
    char line[NRS_VERDICT_MAX + 1];
    struct nrs_verdict_id id;

    if (b == NULL || f->marks == 0)
        return;
    id = nrs_verdicts_next_id(v);
    nrs_verdicts_emit(v, line, nrs_combo_line(line, sizeof line, f, b, packer, &id), true);
    v->n_combos++;
}

/* A program whose path is not what it is called here is known, but no rule can name it. */
static void set_process(struct nrs_verdicts *v, const struct nrs_found *f, const struct nrs_connection *c)
{
    const struct nrs_flow flow = {
        .local = c->local, .remote = c->remote, .rport = c->rport, .proto = c->proto, .dir = NRS_DIR_OUT};

    nrs_core_set_process(v->conf.core, &flow, f->named ? f->path : "");
}

bool nrs_verdicts_read(struct nrs_verdicts *v)
{
    struct nrs_found f;
    int rc = 0;

    while (v->n_findings < NRS_VERDICTS_FINDINGS && (rc = nrs_programs_next(v->conf.programs, &f)) > 0) {
        const struct nrs_beacon *b = nrs_verdicts_beacon(v, f.d);

        if (f.path[0] == '\0')
            continue;
        if (b != NULL)
            set_process(v, &f, &b->connection);
        v->findings[v->n_findings++] = f;
    }
    if (rc < 0) {
        nrs_log("scanner: ended; verdicts go without programs until the next start");
        nrs_verdicts_stop_waiting(v);
    }
    return rc < 0 || v->n_findings > 0;
}

void nrs_verdicts_settle(struct nrs_verdicts *v, uint64_t boot_ns)
{
    for (unsigned i = 0; i < v->n_findings; i++) {
        struct nrs_pending *p = nrs_pending_of(v, v->findings[i].d);

        if (p != NULL)
            p->known = true;
    }
    nrs_pending_settle(v, boot_ns);
    for (unsigned i = 0; i < v->n_findings; i++)
        join(v, &v->findings[i]);
    v->n_findings = 0;
}

void nrs_verdicts_stop_waiting(struct nrs_verdicts *v)
{
    v->waits = false;
}
