/* Judging: from a destination to a judgement, and from judgements to verdicts that open, last and end. */
#include <string.h>

#include "agent/core/core_internal.h"

#define SWEEP_MS 3600000u        /* idle verdicts and stale destinations are looked for this often */
#define DAY_MS 86400000
#define YOUNG_S 600u             /* a young destination is judged every 10 s, so that a fast beacon shows early */
#define JUDGE_YOUNG_MS 10000u
#define JUDGE_MS 60000u
#define DWELL_SHARE 8            /* of the time that it is known, a destination is flagged before a verdict opens, */
#define DWELL_MAX_S 900u         /* at most so long */
#define HYSTERESIS_MLOGIT 1500   /* how far below its threshold a verdict still holds: 4.5 times the odds */

/* Slot of epoch minute 0 in a matrix whose first cell is midnight UTC. */
static uint32_t matrix_shift(const struct nrs_core *c)
{
    int64_t in_day = (c->base_ms + c->wall_offset_ms) % DAY_MS;

    return (uint32_t)((in_day < 0 ? in_day + DAY_MS : in_day) / 60000);
}

static void fill_matrix(struct nrs_core *c, struct nrs_judgement *j, uint64_t now)
{
    nrs_day_matrix(c->profile.day, (uint32_t)((now - 1) / 60000), matrix_shift(c), c->matrix);
    j->matrix = c->matrix;
}

static uint32_t age_s(const struct nrs_dest *d, uint64_t now)
{
    uint64_t now_s = now / 1000;

    return now_s > d->first_s ? (uint32_t)(now_s - d->first_s) : 0;
}

static void describe(struct nrs_core *c, struct nrs_judgement *j, const struct nrs_dest *d, uint64_t now)
{
    const struct nrs_profile *p = &c->profile;
    const struct nrs_gaps *g = p->gaps.median_ms < NRS_VISIT_QUIET_MS ? &p->visits : &p->gaps;

    j->local = d->key.local;
    j->remote = d->key.remote;
    j->rport = d->key.rport;
    j->proto = d->key.proto;
    j->coverage = (uint8_t)c->coverage;
    j->dest_id = d->verdict == NRS_VERDICT_SILENT ? 0 : d->verdict & ~NRS_VERDICT_HELD;
    j->period_ms = g->median_ms;
    j->jitter_pct = g->median_ms ? (uint32_t)((uint64_t)g->mad_ms * 100 / g->median_ms) : 0;
    j->jitter_pct = j->jitter_pct > 999 ? 999 : j->jitter_pct;
    j->servers = p->x[NRS_X_siblings];
    j->tx_med = p->tx_med;
    j->rx_med = p->rx_med;
    j->age_s = age_s(d, now);
    j->t_ns = (uint64_t)((int64_t)now + c->base_ms) * 1000000u;
    j->name = nrs_names_get(&c->names, &d->key.remote);
    j->model = c->model;
    j->risk = (uint8_t)nrs_model_risk(c->model, j->score_mlogit);
}

/* The windows of one destination share most features: after the first, only what differs is scored. */
static int32_t score(struct nrs_core *c, const uint16_t *x)
{
    if (c->scored_x)
        c->sum = nrs_model_update_sum(c->model, c->scored_x, x, c->sum);
    else
        nrs_model_sums(c->model, x, &c->sum);
    c->scored_x = x;
    return nrs_model_mlogit(c->model, 0, c->sum);
}

static int32_t threshold(const struct nrs_core *c, unsigned window)
{
    _Static_assert(NRS_MODEL_WINDOWS == NRS_WINDOW_7D, "every window but the week has a threshold of its own");
    return c->model->threshold_mlogit[nrs_model_threshold_of(window)];
}

/* One window; the profile is made. One that says nothing has no connections. */
static void judge_window(struct nrs_core *c, struct nrs_judgement *j, unsigned window, uint64_t now)
{
    struct nrs_window_facts facts;

    nrs_features_fill(&c->profile, window, now, c->x[window], &facts);
    j->window = (uint8_t)window;
    j->x = c->x[window];
    j->n = window < c->profile.n_windows ? facts.n : 0;
    j->n_failed = facts.n_failed;
    j->hours = facts.hours;
    j->score_mlogit = score(c, j->x);
    j->flagged = nrs_key_can_be_c2(&c->profile.dest->key) && j->n >= c->conf.min_conns &&
                 j->score_mlogit >= threshold(c, window);
}

static void make_profile(struct nrs_core *c, struct nrs_dest *d, uint64_t now)
{
    struct nrs_day *day = nrs_table_day(&c->table, d);

    if (day)
        nrs_day_advance(day, (uint32_t)((now - 1) / 60000));
    nrs_profile_make(&c->profile, d, day, now);
    c->scored_x = NULL;
}

/* All windows. Kept is the one with the highest margin over its threshold among those with enough connections; if
 * none has, the longest that says something. */
static void judge_best(struct nrs_core *c, struct nrs_dest *d, uint64_t now, struct nrs_judgement *best)
{
    int64_t highest = INT64_MIN;

    make_profile(c, d, now);
    for (unsigned w = 0; w == 0 || w < c->profile.n_windows; w++) {
        struct nrs_judgement j = {0};
        int64_t margin;

        judge_window(c, &j, w, now);
        margin = (int64_t)j.score_mlogit - threshold(c, w);
        if (j.n < c->conf.min_conns)
            margin = INT64_MIN;
        if (margin > highest || highest == INT64_MIN) {
            highest = margin;
            *best = j;
        }
    }
}

static void count_verdict(struct nrs_core *c, const struct nrs_dest *d, uint32_t by)
{
    if (d->verdict == NRS_VERDICT_SILENT)
        c->stats.suppressed += by;
    else if (nrs_dest_is_held(d))
        c->stats.held += by;
    else if (d->verdict)
        c->stats.flagged += by;
}

static void set_verdict(struct nrs_core *c, struct nrs_dest *d, uint32_t verdict)
{
    count_verdict(c, d, UINT32_MAX); /* one less */
    d->verdict = verdict;
    if (verdict == 0)
        d->reported_ms = 0;
    count_verdict(c, d, 1);
}

static void report(struct nrs_core *c, struct nrs_dest *d, struct nrs_judgement *j, uint64_t now,
                   enum nrs_state state, nrs_judgement_fn fn, void *arg)
{
    uint32_t number = d->verdict ? d->verdict & ~NRS_VERDICT_HELD : ++c->last_verdict;

    j->state = (uint8_t)state;
    set_verdict(c, d, state == NRS_STATE_HELD ? number | NRS_VERDICT_HELD : number);
    describe(c, j, d, now);
    fill_matrix(c, j, now);
    d->reported_ms = (uint32_t)now + (state == NRS_STATE_HELD ? nrs_rules_wait_ms(j->period_ms) : 0);
    if (state == NRS_STATE_END || state == NRS_STATE_ALLOWED)
        set_verdict(c, d, 0);
    fn(arg, j);
}

/* A verdict ends well below the threshold at which it opened, so that it does not flap around it. */
static bool still_holds(const struct nrs_core *c, const struct nrs_judgement *j)
{
    return j->n >= c->conf.min_conns &&
           j->score_mlogit >= (int64_t)threshold(c, j->window) - HYSTERESIS_MLOGIT;
}

/* A verdict is not told: an open one ends, and from then on it only counts as long as it would last. */
static void keep_silent(struct nrs_core *c, struct nrs_dest *d, struct nrs_judgement *j, uint64_t now,
                        nrs_judgement_fn fn, void *arg)
{
    bool lasts = j->flagged || (d->verdict && still_holds(c, j));

    if (nrs_dest_is_open(d) || nrs_dest_is_held(d))
        report(c, d, j, now, nrs_dest_is_open(d) ? NRS_STATE_END : NRS_STATE_ALLOWED, fn, arg);
    set_verdict(c, d, lasts ? NRS_VERDICT_SILENT : 0);
}

/* A fresh verdict, or one that was held until now. */
static void tell_or_hold(struct nrs_core *c, struct nrs_dest *d, struct nrs_judgement *j, uint64_t now,
                         nrs_judgement_fn fn, void *arg)
{
    if (c->profile.x[NRS_X_siblings] || !nrs_rules_wait(c, d, now))
        report(c, d, j, now, NRS_STATE_OPEN, fn, arg);
    else if (!nrs_dest_is_held(d))
        report(c, d, j, now, NRS_STATE_HELD, fn, arg);
}

/* A verdict opens when a destination was flagged again and again for an eighth of the time that it is known, at most 15
 * minutes: two in three that look like C2 falsely do so in the middle of a burst. A week does not change so quickly. */
static bool has_to_wait(struct nrs_dest *d, const struct nrs_judgement *j, uint64_t now)
{
    uint32_t dwell_s = age_s(d, now) / DWELL_SHARE;

    if (d->verdict || j->window == NRS_WINDOW_7D)
        return false;
    if (!j->flagged || !d->reported_ms) {
        d->reported_ms = j->flagged ? (uint32_t)now : 0;
        return j->flagged;
    }
    return ((uint32_t)now - d->reported_ms) / 1000 < (dwell_s < DWELL_MAX_S ? dwell_s : DWELL_MAX_S);
}

static void judge(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_judgement j;
    bool update_due = ((uint32_t)now - d->reported_ms) / 1000 >= c->conf.update_s;

    d->judged_ms = (uint32_t)now;
    judge_best(c, d, now, &j);
    if (has_to_wait(d, &j, now))
        return;
    if ((d->verdict || j.flagged) && nrs_rules_allow(c, d)) {
        keep_silent(c, d, &j, now, fn, arg);
        return;
    }
    if (d->verdict == NRS_VERDICT_SILENT)
        set_verdict(c, d, 0);
    if (d->verdict ? nrs_dest_is_held(d) : j.flagged)
        tell_or_hold(c, d, &j, now, fn, arg);
    else if (d->verdict && update_due)
        report(c, d, &j, now, still_holds(c, &j) ? NRS_STATE_UPDATE : NRS_STATE_END, fn, arg);
}

/* Rules came, went or ended with the day, a program became known or was waited for long enough: what that means for what is
 * already flagged. */
static void apply_rules(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_dest *d;
    uint32_t i;

    for (i = nrs_table_next(&c->table, 0); i != NRS_NO_DEST; i = nrs_table_next(&c->table, i + 1)) {
        d = &c->table.dests[i];
        if (nrs_rules_differ(c, d, now))
            judge(c, d, now, fn, arg);
    }
    for (i = 0; (d = nrs_siblings_next(&c->siblings, &i)); i++)
        if (nrs_rules_differ(c, d, now))
            judge(c, d, now, fn, arg);
    c->rules_changed = false;
}

static uint32_t wall_day(const struct nrs_core *c, uint64_t now)
{
    int64_t ms = (int64_t)now + c->base_ms + c->wall_offset_ms;

    return ms < 0 ? 0 : (uint32_t)(ms / DAY_MS);
}

static void end_idle(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_judgement j = {0};

    if (d->verdict == NRS_VERDICT_SILENT) {
        set_verdict(c, d, 0);
        return;
    }
    make_profile(c, d, now);
    judge_window(c, &j, NRS_WINDOW_24H, now);
    report(c, d, &j, now, NRS_STATE_END, fn, arg);
}

/* How long a destination may be silent before its verdict ends: what calls once a day is not gone after a day. */
static uint32_t patience_s(const struct nrs_core *c, const struct nrs_dest *d)
{
    uint32_t known_s = d->last_minute * 60 > d->first_s ? d->last_minute * 60 - d->first_s : 0;
    uint32_t twice_s = d->n > 1 ? known_s / (d->n - 1) * 2 : 0;

    return twice_s > c->conf.close_s ? twice_s : c->conf.close_s;
}

/* Ends the verdict of what fell silent; true if nobody has seen it for eight days. */
static bool is_over(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    uint32_t idle_min = nrs_dest_idle_min(d, (uint32_t)(now / 60000));
    bool forget = idle_min >= NRS_FORGET_MINUTES;

    if (now - c->faded >= DAY_MS)
        nrs_dest_fade(d, (uint32_t)now);
    if (d->verdict && (forget || idle_min * 60 > patience_s(c, d)))
        end_idle(c, d, now, fn, arg);
    return forget;
}

/* Ends verdicts that fell silent, fades sketches once a day, forgets what nobody has seen for eight days. */
static void sweep(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_dest *d;
    uint32_t i;

    for (i = nrs_table_next(&c->table, 0); i != NRS_NO_DEST; i = nrs_table_next(&c->table, i + 1))
        if (is_over(c, &c->table.dests[i], now, fn, arg))
            nrs_table_forget(&c->table, i);
    for (i = 0; (d = nrs_siblings_next(&c->siblings, &i)); i++)
        if (is_over(c, d, now, fn, arg))
            d->n = 0;
    c->swept = now;
    if (now - c->faded >= DAY_MS)
        c->faded = now;
}

static void judge_dests(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    uint32_t i;

    for (i = nrs_table_next_dirty(&c->table, 0); i != NRS_NO_DEST; i = nrs_table_next_dirty(&c->table, i + 1)) {
        struct nrs_dest *d = &c->table.dests[i];
        uint32_t every = age_s(d, now) < YOUNG_S ? JUDGE_YOUNG_MS : JUDGE_MS;

        if (d->judged_ms && (uint32_t)now - d->judged_ms < every)
            continue;
        nrs_table_clear_dirty(&c->table, i);
        if (d->n >= c->conf.min_conns && nrs_key_can_be_c2(&d->key))
            judge(c, d, now, fn, arg);
    }
}

/* Those active in this minute or the last one. */
static void judge_siblings(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_dest *d;

    for (uint32_t i = 0; (d = nrs_siblings_next(&c->siblings, &i)); i++)
        if (d->n >= c->conf.min_conns && (uint32_t)now - d->judged_ms >= JUDGE_MS &&
            nrs_dest_idle_min(d, (uint32_t)(now / 60000)) <= 1)
            judge(c, d, now, fn, arg);
}

void nrs_core_tick(struct nrs_core *c, uint64_t now_ns, nrs_judgement_fn fn, void *arg)
{
    uint64_t now = nrs_core_time(c, now_ns);
    uint32_t yesterday = c->today;

    if (now < c->now)
        return;
    c->now = now;
    c->today = wall_day(c, now);
    if (c->rules_changed || c->stats.held || (c->n_rules && c->today != yesterday))
        apply_rules(c, now, fn, arg);
    judge_dests(c, now, fn, arg);
    judge_siblings(c, now, fn, arg);
    if (now - c->swept >= SWEEP_MS)
        sweep(c, now, fn, arg);
}

static void judge_on(struct nrs_core *c, struct nrs_dest *d, unsigned window, uint64_t now, bool evicted,
                     nrs_judgement_fn fn, void *arg)
{
    struct nrs_judgement j = {.evicted = evicted};

    make_profile(c, d, now);
    judge_window(c, &j, window, now);
    if (!j.n)
        return;
    describe(c, &j, d, now);
    fill_matrix(c, &j, now);
    fn(arg, &j);
}

void nrs_core_each(struct nrs_core *c, enum nrs_window w, uint64_t now_ns, nrs_judgement_fn fn, void *arg)
{
    uint64_t now = nrs_core_time(c, now_ns);
    struct nrs_dest *d;
    uint32_t i;

    if (now + DAY_MS <= c->now)
        return;
    if (now > c->now)
        c->now = now;
    for (i = nrs_table_next(&c->table, 0); i != NRS_NO_DEST; i = nrs_table_next(&c->table, i + 1))
        judge_on(c, &c->table.dests[i], (unsigned)w, now, false, fn, arg);
    for (i = 0; (d = nrs_siblings_next(&c->siblings, &i)); i++)
        judge_on(c, d, (unsigned)w, now, false, fn, arg);
}

void nrs_core_on_evict(struct nrs_core *c, enum nrs_window w, nrs_judgement_fn fn, void *arg)
{
    c->evict_window = w;
    c->evict_fn = fn;
    c->evict_arg = arg;
}

void nrs_judge_evicted(void *core, uint32_t index)
{
    struct nrs_core *c = core;
    struct nrs_dest *d = &c->table.dests[index];

    if (c->evict_fn)
        judge_on(c, d, (unsigned)c->evict_window, c->now + 1, true, c->evict_fn, c->evict_arg);
    set_verdict(c, d, 0);
}
