/* The life of a verdict: what a judgement changes. The table below is all of it. */
#include "agent/core/core_internal.h"
#include "agent/core/intmath.h"

#define DWELL_SHARE 8   /* a destination is flagged for this share of its age before a verdict opens, */
#define DWELL_MAX_S 900u /* at most for so long */
#define DOUBLED_Q3 8u    /* twice as many connections, as nrs_log2_q3 counts */

/* What a judgement says, from harmless to certain. */
enum sight {
    BELOW,   /* the score is below the threshold */
    NEAR,    /* so little below that an open verdict lasts (nrs_judge_holds) */
    FLAGGED, /* at or above it */
    DWELLED, /* flagged, and for long enough (dwelled) */
    SIGHTS
};

struct step {
    uint8_t next;   /* enum nrs_life */
    uint8_t record; /* enum nrs_state that is reported */
};

#define NONE {NRS_LIFE_NONE, NRS_STATE_NONE}
#define RISE {NRS_LIFE_RISING, NRS_STATE_NONE}
#define OPEN {NRS_LIFE_OPEN, NRS_STATE_OPEN}
#define LAST {NRS_LIFE_OPEN, NRS_STATE_UPDATE}
#define QUIT {NRS_LIFE_NONE, NRS_STATE_END}
#define HUSH {NRS_LIFE_SILENT, NRS_STATE_END}
#define MUTE {NRS_LIFE_SILENT, NRS_STATE_NONE}

/* The picture: life and judgement in, next life and record out. While no rule fits, an open verdict takes its
 * step only when its update is due. */
static const struct step no_rule_fits[NRS_LIVES][SIGHTS] = {
    /*                    BELOW NEAR  FLAGGED DWELLED */
    [NRS_LIFE_NONE]   = {NONE, NONE, RISE, OPEN},
    [NRS_LIFE_RISING] = {NONE, NONE, RISE, OPEN},
    [NRS_LIFE_OPEN]   = {QUIT, LAST, LAST, LAST},
    [NRS_LIFE_SILENT] = {NONE, NONE, OPEN, OPEN},
};
static const struct step a_rule_fits[NRS_LIVES][SIGHTS] = {
    /*                    BELOW NEAR  FLAGGED DWELLED */
    [NRS_LIFE_NONE]   = {NONE, NONE, RISE, MUTE},
    [NRS_LIFE_RISING] = {NONE, NONE, RISE, MUTE},
    [NRS_LIFE_OPEN]   = {QUIT, HUSH, HUSH, HUSH},
    [NRS_LIFE_SILENT] = {NONE, MUTE, MUTE, MUTE},
};

/* Two in three destinations that look like C2 falsely do so in the middle of a burst, so being flagged once
 * is not enough. A week does not change so quickly. */
static bool dwelled(const struct nrs_dest *d, const struct nrs_judgement *j, uint64_t now)
{
    uint32_t need_s = nrs_judge_age_s(d, now) / DWELL_SHARE;

    if (j->window == NRS_WINDOW_7D)
        return true;
    return d->verdict.life == NRS_LIFE_RISING &&
           ((uint32_t)now - d->verdict.since_ms) / 1000 >= (need_s < DWELL_MAX_S ? need_s : DWELL_MAX_S);
}

static enum sight see(const struct nrs_core *c, const struct nrs_dest *d, const struct nrs_judgement *j,
                      uint64_t now)
{
    if (j->flagged)
        return dwelled(d, j, now) ? DWELLED : FLAGGED;
    return nrs_judge_holds(c, j) ? NEAR : BELOW;
}

static void enter(struct nrs_core *c, struct nrs_dest *d, enum nrs_life next, uint64_t now)
{
    bool fresh = next != d->verdict.life;

    if (fresh) {
        c->n_in_life[d->verdict.life] -= nrs_dest_has_verdict(d);
        c->n_in_life[next] += next >= NRS_LIFE_OPEN;
        d->verdict.number = (next == NRS_LIFE_OPEN ? ++c->last_verdict : 0) & 0x3fffff;
        d->verdict.since_ms = next == NRS_LIFE_RISING ? (uint32_t)now : 0;
    }
    d->verdict.life = (unsigned)next & 3;
    if (next == NRS_LIFE_OPEN)
        d->verdict.since_ms = (uint32_t)now;
}

/* Takes the step. A record carries the verdict's number, which it has from the moment it opens to the moment
 * it ends. */
static void take(struct nrs_core *c, struct nrs_dest *d, struct nrs_judgement *j, struct step s, uint64_t now,
                 nrs_judgement_fn fn, void *arg)
{
    if (s.next == NRS_LIFE_OPEN) {
        enter(c, d, NRS_LIFE_OPEN, now);
        d->verdict.opened = s.record == NRS_STATE_OPEN ? nrs_log2_q3(j->n) & 0xff : 0;
    }
    if (s.record != NRS_STATE_NONE) {
        j->state = s.record;
        nrs_judge_describe(c, j, d, now);
        if (s.record == NRS_STATE_OPEN)
            j->wait_ms = nrs_rules_wait_ms(c, d, j->period_ms);
    }
    if (s.next != NRS_LIFE_OPEN)
        enter(c, d, s.next, now);
    if (s.record != NRS_STATE_NONE)
        fn(arg, j);
}

/* A verdict opens with few connections. Its first update comes when they have doubled, so that nobody reads
 * for hours of the first ones alone; the others wait for update_s. */
static bool update_due(const struct nrs_core *c, const struct nrs_dest *d, const struct nrs_judgement *j,
                       uint64_t now)
{
    uint32_t since_s = ((uint32_t)now - d->verdict.since_ms) / 1000;

    if (since_s >= c->conf.update_s)
        return true;
    return d->verdict.opened && nrs_log2_q3(j->n) >= d->verdict.opened + DOUBLED_Q3;
}

void nrs_life_judged(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_judgement j;
    enum sight sight;

    nrs_judge_best(c, d, now, &j);
    sight = see(c, d, &j, now);
    j.allowed = (nrs_dest_has_verdict(d) || sight == DWELLED) && nrs_rules_allow(c, d);
    if (j.allowed)
        take(c, d, &j, a_rule_fits[d->verdict.life][sight], now, fn, arg);
    else if (d->verdict.life != NRS_LIFE_OPEN || update_due(c, d, &j, now))
        take(c, d, &j, no_rule_fits[d->verdict.life][sight], now, fn, arg);
}

void nrs_life_idle(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg)
{
    struct nrs_judgement j = {0};

    if (d->verdict.life != NRS_LIFE_OPEN) {
        enter(c, d, NRS_LIFE_NONE, now);
        return;
    }
    nrs_judge_profile(c, d, now);
    nrs_judge_window(c, &j, NRS_WINDOW_24H, now);
    take(c, d, &j, (struct step)QUIT, now, fn, arg);
}

void nrs_life_evicted(struct nrs_core *c, struct nrs_dest *d)
{
    enter(c, d, NRS_LIFE_NONE, 0);
}
