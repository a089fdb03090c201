/* agent/core/core_internal.h - the core's own state, and what its files owe each other
 *
 *   core.c   flows in                     tick.c   when what is judged
 *   judge.c  destination -> judgement     life.c   judgement -> what becomes of the verdict
 *   rules.c  what the owner's allow rules say
 *
 * Calls go down this list: tick.c calls life.c and judge.c, life.c calls rules.c and judge.c, none calls
 * back. */
#ifndef NRS_CORE_INTERNAL_H
#define NRS_CORE_INTERNAL_H
#include "agent/core/core.h"
#include "agent/core/features.h"
#include "agent/core/names.h"
#include "agent/core/siblings.h"
#include "agent/core/sight.h"
#include "agent/core/table.h"
#include "models/base/units.h"

#define NRS_EXEMPT_MAX 8

struct nrs_exempt {
    struct nrs_addr remote;
    uint16_t rport;
    uint8_t proto;
};

struct nrs_core {
    struct nrs_core_conf conf;
    const struct nrs_model *model;
    struct nrs_table table;
    struct nrs_names names;
    struct nrs_siblings siblings;
    struct nrs_exempt exempt[NRS_EXEMPT_MAX];
    unsigned n_exempt;
    const struct nrs_allow_rule *rules; /* the caller's */
    size_t n_rules;
    uint32_t today;          /* of the wall clock at the last tick, days since 1970: rules end */
    bool rules_changed;      /* since the last tick: the rules, or a program that they may name */
    int64_t base_ms;         /* clock time of the core's epoch */
    uint64_t now;            /* latest time seen, ms since the epoch */
    uint64_t swept;          /* last hourly sweep */
    uint64_t faded;          /* last daily fading */
    int64_t wall_offset_ms;
    struct nrs_sight sight;
    uint32_t last_verdict;           /* number of the newest verdict */
    uint32_t n_in_life[NRS_LIVES];   /* destinations and siblings that are OPEN, and SILENT */
    struct nrs_core_stats stats;
    enum nrs_window evict_window;
    nrs_judgement_fn evict_fn;
    void *evict_arg;
    struct nrs_profile profile;            /* scratch of the judgement under way */
    uint16_t x[NRS_WINDOWS][NRS_BEACON_N];
    /* the vector that `sum` belongs to; NULL = none of this profile yet */
    const uint16_t *scored_x;
    int32_t sum;                           /* the model's, for scored_x */
    uint8_t matrix[NRS_DAY_MINUTES / 2];
};

/* Milliseconds since the epoch; 0 for anything before it. */
uint64_t nrs_core_time(const struct nrs_core *c, uint64_t t_ns);

/* Walks all destinations, then all siblings. Start with {0}; NULL: there are no more. The destination at hand
 * may be forgotten (nrs_core_forget) before the next step. */
struct nrs_core_cursor {
    uint32_t next; /* place to look at next */
    bool siblings; /* in the siblings' table */
};
struct nrs_dest *nrs_core_next(struct nrs_core *c, struct nrs_core_cursor *at);
void nrs_core_forget(struct nrs_core *c, const struct nrs_core_cursor *at);

/* judge.c. Times are milliseconds since the epoch. The profile is that of the destination judged last. */
uint32_t nrs_judge_age_s(const struct nrs_dest *d, uint64_t now);
void nrs_judge_profile(struct nrs_core *c, struct nrs_dest *d, uint64_t now);
/* One window of the profile into *j: counts, score, flagged. j->n is 0 where the window says nothing. */
void nrs_judge_window(struct nrs_core *c, struct nrs_judgement *j, unsigned window, uint64_t now);
/* Profile and all windows: the one with the highest margin over its threshold among those with enough
 * connections; if none has enough, the longest that says something. */
void nrs_judge_best(struct nrs_core *c, struct nrs_dest *d, uint64_t now, struct nrs_judgement *best);
/* The rest of a judgement that is to be reported: addresses, period, name, risk, matrix. */
void nrs_judge_describe(struct nrs_core *c, struct nrs_judgement *j, const struct nrs_dest *d, uint64_t now);
/* Whether a score is so little below its threshold that an open verdict lasts. */
bool nrs_judge_holds(const struct nrs_core *c, const struct nrs_judgement *j);

/* life.c */
void nrs_life_judged(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg);
/* The destination fell silent: its verdict ends, with a record if it was open. */
void nrs_life_idle(struct nrs_core *c, struct nrs_dest *d, uint64_t now, nrs_judgement_fn fn, void *arg);
/* The destination is about to be forgotten: its verdict ends without a record. */
void nrs_life_evicted(struct nrs_core *c, struct nrs_dest *d);

/* rules.c: what the owner's rules say of a verdict. */
bool nrs_rules_allow(struct nrs_core *c, const struct nrs_dest *d);
/* How long a fresh verdict of d waits for its program; 0 = knowing it would change nothing. gap_ms: between
 * its connections. */
uint32_t nrs_rules_wait_ms(struct nrs_core *c, const struct nrs_dest *d, uint32_t gap_ms);
/* Whether d has a verdict that, by the rules of now, has to end or to be reported. */
bool nrs_rules_differ(struct nrs_core *c, const struct nrs_dest *d);

/* tick.c: the entry is about to be forgotten: reported through the eviction callback, if there is one
 * (nrs_table_evict_fn). */
void nrs_tick_evicted(void *core, uint32_t index);

#endif
