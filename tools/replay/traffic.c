/* Traffic time of verdicts: the core is told every minute. (Windows of --all: tools/windows.) */
#include "models/base/units.h"
#include "tools/replay/replay.h"

#define MINUTE   (60 * NRS_NS_PER_S)
#define HOUR     (NRS_S_PER_HOUR * NRS_NS_PER_S)
/* After this much silence all is forgotten and the core has nothing left to do each minute. */
#define SILENCE (9 * 24 * HOUR)

static void start(struct nrs_replay *r, uint64_t t_ns)
{
    uint64_t from_ns = t_ns / NRS_NS_PER_S * NRS_NS_PER_S;

    nrs_core_init(&r->core, r->memory, r->memory_len, &r->conf, r->model, from_ns); /* replay_init tried it */
    r->next_ns = from_ns + MINUTE;
}

/* Something is due before a flow of t_ns may be taken: the core does not go back. */
static void step(struct nrs_replay *r, uint64_t t_ns)
{
    uint64_t quiet_ns = r->next_ns + SILENCE;

    for (; r->next_ns <= t_ns && r->next_ns < quiet_ns; r->next_ns += MINUTE)
        nrs_core_tick(r->core, r->next_ns, nrs_replay_verdict, r);
    if (r->next_ns <= t_ns)
        r->next_ns += (t_ns - r->next_ns) / MINUTE * MINUTE + MINUTE;
}

void nrs_replay_flow(void *replay, const struct nrs_flow *f, const char *name)
{
    struct nrs_replay *r = replay;

    if (r->options->all) {
        nrs_windows_flow(&r->windows, f, name);
        return;
    }
    if (!r->core)
        start(r, f->t_ns);
    else if (f->t_ns >= r->next_ns)
        step(r, f->t_ns);
    r->totals.flows++;
    nrs_core_flow(r->core, f, name);
}

void nrs_replay_end_file(struct nrs_replay *r)
{
    if (!r->options->all)
        return;
    nrs_windows_end(&r->windows);
    r->totals.flows = r->windows.flows;
    r->totals.late = r->windows.late;
    r->totals.evicted = r->windows.evicted;
}

void nrs_replay_end_all(struct nrs_replay *r)
{
    struct nrs_core_stats st;

    if (!r->core)
        return;
    nrs_core_tick(r->core, r->next_ns, nrs_replay_verdict, r);
    if (r->options->heatmap)
        nrs_core_each(r->core, NRS_WINDOW_24H, r->next_ns, nrs_replay_last_look, r);
    nrs_core_stats(r->core, &st);
    r->totals.evicted += st.evicted;
    r->core = NULL;
}
