/* When what is judged: every minute what was active, every hour what fell silent, and on request. */
#include "agent/core/core_internal.h"

#define SWEEP_MS 3600000u /* idle verdicts and stale destinations are looked for this often */
#define YOUNG_S 600u      /* a young destination is judged every 10 s, so that a fast beacon shows early */
#define JUDGE_YOUNG_MS 10000u
#define JUDGE_MS 60000u

struct nrs_dest *nrs_core_next(struct nrs_core *c, struct nrs_core_cursor *at)
{
    struct nrs_dest *d;
    uint32_t i = at->next;

    if (!at->siblings) {
        i = nrs_table_next(&c->table, i);
        at->next = i + 1;
        if (i != NRS_NO_DEST)
            return &c->table.dests[i];
        *at = (struct nrs_core_cursor){.siblings = true};
        i = 0;
    }
    d = nrs_siblings_next(&c->siblings, &i);
    at->next = i + 1;
    return d;
}

void nrs_core_forget(struct nrs_core *c, const struct nrs_core_cursor *at)
{
    if (at->siblings)
        c->siblings.places[at->next - 1].n = 0;
    else
        nrs_table_forget(&c->table, at->next - 1);
}

static void judge(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    d->judged_ms = (uint32_t)now;
    nrs_life_judged(c, d, now, fn, arg);
}

/* Rules came, went or ended with the day, or a program became known: what that means for verdicts that
 * exist. */
static void apply_rules(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_core_cursor at = {0};
    struct nrs_dest *d;

    while ((d = nrs_core_next(c, &at)))
        if (nrs_rules_differ(c, d))
            judge(c, d, now, fn, arg);
    c->rules_changed = false;
}

static uint32_t wall_day(const struct nrs_core *c, uint64_t now)
{
    int64_t ms = (int64_t)now + c->base_ms + c->wall_offset_ms;

    return ms < 0 ? 0 : (uint32_t)(ms / NRS_MS_PER_DAY);
}

/* How long a destination may be silent before its verdict ends: what calls once a day is not gone after a
 * day. */
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

    if (now - c->faded >= NRS_MS_PER_DAY)
        nrs_dest_fade(d, (uint32_t)now);
    if (nrs_dest_has_verdict(d) && (forget || idle_min * 60 > patience_s(c, d)))
        nrs_life_idle(c, d, now, fn, arg);
    return forget;
}

/* Ends verdicts that fell silent, fades sketches once a day, forgets what nobody has seen for eight days. */
static void sweep(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_core_cursor at = {0};
    struct nrs_dest *d;

    while ((d = nrs_core_next(c, &at)))
        if (is_over(c, d, now, fn, arg)) {
            nrs_life_evicted(c, d);
            nrs_core_forget(c, &at);
        }
    c->swept = now;
    if (now - c->faded >= NRS_MS_PER_DAY)
        c->faded = now;
}

static void judge_dests(struct nrs_core *c, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    uint32_t i;

    for (i = nrs_table_next_dirty(&c->table, 0); i != NRS_NO_DEST;
         i = nrs_table_next_dirty(&c->table, i + 1)) {
        struct nrs_dest *d = &c->table.dests[i];
        uint32_t every = nrs_judge_age_s(d, now) < YOUNG_S ? JUDGE_YOUNG_MS : JUDGE_MS;

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
    if (c->rules_changed || (c->n_rules && c->today != yesterday))
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

    nrs_judge_profile(c, d, now);
    nrs_judge_window(c, &j, window, now);
    if (!j.n)
        return;
    nrs_judge_describe(c, &j, d, now);
    fn(arg, &j);
}

void nrs_core_each(struct nrs_core *c, enum nrs_window w, uint64_t now_ns, nrs_judgement_fn fn, void *arg)
{
    uint64_t now = nrs_core_time(c, now_ns);
    struct nrs_core_cursor at = {0};
    struct nrs_dest *d;

    if (now + NRS_MS_PER_DAY <= c->now)
        return;
    if (now > c->now)
        c->now = now;
    while ((d = nrs_core_next(c, &at)))
        judge_on(c, d, (unsigned)w, now, false, fn, arg);
}

void nrs_core_on_evict(struct nrs_core *c, enum nrs_window w, nrs_judgement_fn fn, void *arg)
{
    c->evict_window = w;
    c->evict_fn = fn;
    c->evict_arg = arg;
}

void nrs_tick_evicted(void *core, uint32_t index)
{
    struct nrs_core *c = core;
    struct nrs_dest *d = &c->table.dests[index];

    if (c->evict_fn)
        judge_on(c, d, (unsigned)c->evict_window, c->now + 1, true, c->evict_fn, c->evict_arg);
    nrs_life_evicted(c, d);
}
