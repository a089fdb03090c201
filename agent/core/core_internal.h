/* agent/core/core_internal.h - the core's own state, shared by core.c (what comes in) and judge.c (what goes out) */
#ifndef NRS_CORE_INTERNAL_H
#define NRS_CORE_INTERNAL_H
#include "agent/core/core.h"
#include "agent/core/features.h"
#include "agent/core/names.h"
#include "agent/core/siblings.h"
#include "agent/core/sight.h"
#include "agent/core/table.h"

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
    bool hold;               /* nrs_core_hold */
    int64_t base_ms;         /* clock time of the core's epoch */
    uint64_t now;            /* latest time seen, ms since the epoch */
    uint64_t swept;          /* last hourly sweep */
    uint64_t faded;          /* last daily fading */
    int64_t wall_offset_ms;
    struct nrs_sight sight;
    uint32_t last_verdict;
    struct nrs_core_stats stats;
    enum nrs_window evict_window;
    nrs_judgement_fn evict_fn;
    void *evict_arg;
    struct nrs_profile profile;            /* scratch of the judgement under way */
    uint16_t x[NRS_WINDOWS][NRS_BEACON_N];
    const uint16_t *scored_x;              /* the vector that `sum` belongs to; NULL = none of this profile yet */
    int32_t sum;                           /* the model's, for scored_x */
    uint8_t matrix[NRS_DAY_MINUTES / 2];
};

/* Milliseconds since the epoch; 0 for anything before it. */
uint64_t nrs_core_time(const struct nrs_core *c, uint64_t t_ns);

/* rules.c: what the owner's rules make of a verdict. */
bool nrs_rules_allow(struct nrs_core *c, const struct nrs_dest *d);
/* Whether a verdict of d, which nobody knows of yet, waits for its program at `now`. */
bool nrs_rules_wait(struct nrs_core *c, const struct nrs_dest *d, uint64_t now);
uint32_t nrs_rules_wait_ms(uint32_t gap_ms);
/* Whether d has a verdict that, by what is known now, should be another one. */
bool nrs_rules_differ(struct nrs_core *c, const struct nrs_dest *d, uint64_t now);

/* The entry is about to be forgotten: reported through the eviction callback, if there is one (nrs_table_evict_fn). */
void nrs_judge_evicted(void *core, uint32_t index);

#endif
