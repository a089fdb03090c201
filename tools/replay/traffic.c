/* Traffic time: when the core is told the time, and when a window is over. */
#include "tools/replay/replay.h"

#define NS_PER_S UINT64_C(1000000000)
#define MINUTE   (60 * NS_PER_S)
#define HOUR     (3600 * NS_PER_S)
#define DAY      (24 * HOUR)
/* After this much silence all is forgotten and the core has nothing left to do each minute. */
#define SILENCE (9 * DAY)

static uint64_t window_ns(const struct nrs_replay *r)
{
    return nrs_window_s[r->options->window] * NS_PER_S;
}

static void ignore(void *arg, const struct nrs_judgement *j)
{
    (void)arg;
    (void)j;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void start(struct nrs_replay *r, uint64_t t_ns)
{
    /* Whole seconds, because the lines say `from` in seconds. */
    r->from_ns = t_ns / NS_PER_S * NS_PER_S;
    nrs_core_init(&r->core, r->memory, r->memory_len, &r->conf, r->model,
                  r->from_ns); /* replay_init tried it */
    if (r->options->all)
        nrs_core_on_evict(r->core, r->options->window, nrs_replay_row, r);
    r->told_ns = r->from_ns;
    r->next_ns = r->from_ns + (r->options->all ? earlier(window_ns(r), DAY) : MINUTE);
}

static void judge_window(struct nrs_replay *r)
{
    nrs_core_each(r->core, r->options->window, r->from_ns + window_ns(r), nrs_replay_row, r);
}

/* A window or a day is over. Nobody hears of verdicts here, and telling the core the time makes it look for them, so
 * that is done as rarely as its housekeeping (fading, forgetting) allows: daily. */
static void step_windows(struct nrs_replay *r, uint64_t t_ns)
{
    if (t_ns >= r->from_ns + window_ns(r)) {
        judge_window(r);
        r->from_ns += (t_ns - r->from_ns) / window_ns(r) * window_ns(r);
    }
    if (t_ns >= r->told_ns + DAY) {
        r->told_ns += (t_ns - r->told_ns) / DAY * DAY;
        nrs_core_tick(r->core, r->told_ns, ignore, NULL);
    }
    r->next_ns = earlier(r->from_ns + window_ns(r), r->told_ns + DAY);
}

static void step_minutes(struct nrs_replay *r, uint64_t t_ns)
{
    uint64_t quiet_ns = r->next_ns + SILENCE;

    for (; r->next_ns <= t_ns && r->next_ns < quiet_ns; r->next_ns += MINUTE)
        nrs_core_tick(r->core, r->next_ns, nrs_replay_verdict, r);
    if (r->next_ns <= t_ns)
        r->next_ns += (t_ns - r->next_ns) / MINUTE * MINUTE + MINUTE;
}

/* Something is due before a flow of t_ns may be taken: the core does not go back. */
static void step(struct nrs_replay *r, uint64_t t_ns)
{
    if (!r->core)
        start(r, t_ns);
    else if (r->options->all)
        step_windows(r, t_ns);
    else
        step_minutes(r, t_ns);
}

void nrs_replay_flow(void *replay, const struct nrs_flow *f, const char *name)
{
    struct nrs_replay *r = replay;

    if (f->t_ns >= r->next_ns)
        step(r, f->t_ns);
    r->totals.late += r->options->all && f->t_ns < r->from_ns;
    r->totals.flows++;
    nrs_core_flow(r->core, f, name);
}

static void leave_core(struct nrs_replay *r)
{
    struct nrs_core_stats st;

    nrs_core_stats(r->core, &st);
    r->totals.evicted += st.evicted;
    r->core = NULL;
    r->next_ns = 0;
}

void nrs_replay_end_file(struct nrs_replay *r)
{
    if (!r->core || !r->options->all)
        return;
    judge_window(r);
    leave_core(r);
}

void nrs_replay_end_all(struct nrs_replay *r)
{
    if (!r->core)
        return;
    nrs_core_tick(r->core, r->next_ns, nrs_replay_verdict, r);
    if (r->options->heatmap)
        nrs_core_each(r->core, NRS_WINDOW_24H, r->next_ns, nrs_replay_last_look, r);
    leave_core(r);
}
