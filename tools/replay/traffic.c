/* Traffic time of verdicts: the core judges every minute. (Windows of --all: tools/spans.) */
#include "models/base/units.h"
#include "platform/recorded/recorded.h"
#include "tools/replay/replay.h"
#include "tools/replay/words.h"

#define MINUTE   (60 * NRS_NS_PER_S)
#define HOUR     (NRS_S_PER_HOUR * NRS_NS_PER_S)
/* After this much silence all is forgotten and the core has nothing left to do each minute. */
#define SILENCE      (9 * 24 * HOUR)
#define LOOK_MINUTES 5 /* how often --explain looks */

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

    for (; r->next_ns <= t_ns && r->next_ns < quiet_ns; r->next_ns += MINUTE) {
        nrs_core_tick(r->core, r->next_ns, nrs_replay_verdict, r);
        if (r->options->explain && r->next_ns / MINUTE % LOOK_MINUTES == 0)
            nrs_replay_explain_look(r, r->next_ns);
    }
    if (r->next_ns <= t_ns)
        r->next_ns += (t_ns - r->next_ns) / MINUTE * MINUTE + MINUTE;
}

void nrs_replay_flow(void *replay, const struct nrs_flow *f, const char *name)
{
    struct nrs_replay *r = replay;

    if (r->options->all) {
        nrs_spans_flow(&r->spans, f, name);
        return;
    }
    if (!r->core)
        start(r, f->t_ns);
    else if (f->t_ns >= r->next_ns)
        step(r, f->t_ns);
    r->totals.flows++;
    nrs_core_flow(r->core, f, name);
}

/* More than one late flow in a hundred is a loss that verdicts cannot be trusted with. */
static void report_late(struct nrs_replay *r, const char *place, const struct nrs_order_stats *st)
{
    bool lost = st->late > st->taken / 100;

    r->incomplete |= lost;
    if (st->late == 0 || (r->options->quiet && !lost))
        return;
    fprintf(stderr,
            "noroshi-replay: %s: %llu of %llu flows came after later ones were "
            "judged (the first began ",
            place, (unsigned long long)st->late, (unsigned long long)st->taken);
    nrs_words_moment(stderr, st->late_ns);
    fputs(", up to ", stderr);
    nrs_words_time(stderr, st->behind_ns / 1000000);
    fprintf(stderr, " late)%s\n", lost ? "; verdicts are missing: use --sort" : "");
}

static void end_order(struct nrs_replay *r, const char *place)
{
    struct nrs_order_stats st;
    int rc = nrs_order_end(r->order);

    if (rc) {
        nrs_replay_say("temporary file for sorting", nrs_recorded_reason(rc));
        r->unreadable = true;
    }
    nrs_order_stats(r->order, &st);
    r->totals.late += st.late;
    r->totals.joined += st.joined;
    r->totals.runs += st.runs;
    if (st.disorder_ns > r->totals.disorder_ns)
        r->totals.disorder_ns = st.disorder_ns;
    report_late(r, place, &st);
}

void nrs_replay_end_file(struct nrs_replay *r, const char *path)
{
    end_order(r, path);
    nrs_spans_end(&r->spans);
    r->totals.flows = r->spans.flows;
    r->totals.evicted = r->spans.evicted;
}

void nrs_replay_end_all(struct nrs_replay *r)
{
    struct nrs_core_stats st;

    if (!r->options->all)
        end_order(r, "order");
    if (!r->core)
        return;
    nrs_core_tick(r->core, r->next_ns, nrs_replay_verdict, r);
    if (r->options->explain)
        nrs_replay_explain_look(r, r->next_ns);
    if (r->options->heatmap)
        nrs_core_each(r->core, NRS_WINDOW_24H, r->next_ns, nrs_replay_last_look, r);
    nrs_core_stats(r->core, &st);
    r->totals.evicted += st.evicted;
    r->core = NULL;
}
