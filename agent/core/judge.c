/* Judging: from a destination to a judgement. */
#include <string.h>

#include "agent/core/core_internal.h"
#include "models/kinds.h"

#define HYSTERESIS_MLOGIT 1500 /* how far below its threshold a verdict still holds: 4.5 times the odds */

/* Slot of epoch minute 0 in a matrix whose first cell is midnight UTC. */
static uint32_t matrix_shift(const struct nrs_core *c)
{
    int64_t in_day = (c->base_ms + c->wall_offset_ms) % NRS_MS_PER_DAY;

    return (uint32_t)((in_day < 0 ? in_day + NRS_MS_PER_DAY : in_day) / 60000);
}

static void fill_matrix(struct nrs_core *c, struct nrs_judgement *j, uint64_t now)
{
    nrs_day_matrix(c->profile.day, (uint32_t)((now - 1) / 60000), matrix_shift(c), c->matrix);
    j->matrix = c->matrix;
}

uint32_t nrs_judge_age_s(const struct nrs_dest *d, uint64_t now)
{
    uint64_t now_s = now / 1000;

    return now_s > d->first_s ? (uint32_t)(now_s - d->first_s) : 0;
}

void nrs_judge_describe(struct nrs_core *c, struct nrs_judgement *j, const struct nrs_dest *d, uint64_t now)
{
    const struct nrs_profile *p = &c->profile;
    const struct nrs_gaps *g = p->gaps.median_ms < NRS_VISIT_QUIET_MS ? &p->visits : &p->gaps;

    j->local = d->key.local;
    j->remote = d->key.remote;
    j->rport = d->key.rport;
    j->proto = d->key.proto;
    j->coverage = nrs_sight_missing(&c->sight, now, nrs_window_s[j->window]);
    j->dest_id = d->verdict.number;
    j->period_ms = g->median_ms;
    j->jitter_pct = g->median_ms ? (uint32_t)((uint64_t)g->mad_ms * 100 / g->median_ms) : 0;
    j->jitter_pct = j->jitter_pct > 999 ? 999 : j->jitter_pct;
    j->servers = p->x[NRS_X_siblings];
    j->tx_med = p->tx_med;
    j->rx_med = p->rx_med;
    j->age_s = nrs_judge_age_s(d, now);
    j->t_ns = (uint64_t)((int64_t)now + c->base_ms) * 1000000u;
    j->name = nrs_names_get(&c->names, &d->key.remote);
    j->model = c->model;
    j->risk = (uint8_t)nrs_model_risk(c->model, j->score_mlogit);
    fill_matrix(c, j, now);
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
    return c->model->threshold_mlogit[nrs_kind_threshold(nrs_kind(NRS_KIND_BEACON), window)];
}

void nrs_judge_window(struct nrs_core *c, struct nrs_judgement *j, unsigned window, uint64_t now)
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

void nrs_judge_profile(struct nrs_core *c, struct nrs_dest *d, uint64_t now)
{
    struct nrs_day *day = nrs_table_day(&c->table, d);

    if (day)
        nrs_day_advance(day, (uint32_t)((now - 1) / 60000));
    nrs_profile_make(&c->profile, d, day, now);
    c->scored_x = NULL;
}

void nrs_judge_best(struct nrs_core *c, struct nrs_dest *d, uint64_t now, struct nrs_judgement *best)
{
    int64_t highest = INT64_MIN;

    nrs_judge_profile(c, d, now);
    for (unsigned w = 0; w == 0 || w < c->profile.n_windows; w++) {
        struct nrs_judgement j = {0};
        int64_t margin;

        nrs_judge_window(c, &j, w, now);
        margin = (int64_t)j.score_mlogit - threshold(c, w);
        if (j.n < c->conf.min_conns)
            margin = INT64_MIN;
        if (margin > highest || highest == INT64_MIN) {
            highest = margin;
            *best = j;
        }
    }
}

bool nrs_judge_holds(const struct nrs_core *c, const struct nrs_judgement *j)
{
    return j->n >= c->conf.min_conns &&
           j->score_mlogit >= (int64_t)threshold(c, j->window) - HYSTERESIS_MLOGIT;
}
