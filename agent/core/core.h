/* agent/core/core.h - the agent's core: flow in, judgement out
 *
 * A library without I/O: no clock, no file, no allocation after init, no floating point. The device, the
 * replay tool, the simulator's tests and the fuzzers run this same code.
 *
 * Time:   `t_ns` of flows and `now_ns` share one clock that never goes back (live: boot time; recorded: wall
 *         clock). A flow from the past is filed where it belongs while that is still kept; a tick from the
 *         past does nothing.
 * Memory: one block of nrs_core_bytes() given by the caller, aligned as malloc does, used until nrs_core has
 *         no further calls.
 * Limits: `dest_cap` destinations with a sketch, `watched_cap` of them with a full day. When the table is
 *         full, the least interesting of a few candidates is evicted (table.h has the rule) and counted;
 *         nothing here ever fails because something is full. */
#ifndef NRS_CORE_H
#define NRS_CORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/core/allow.h"
#include "models/model.h"
#include "platform/flow.h"
#include "platform/flowsrc.h"

#define NRS_CORE_DEST_MIN 64
#define NRS_CORE_DEST_MAX 1048576

/* The week is for destinations whose visits lie at least 20 minutes apart, from their second day on
 * (NRS_SLOW_MS). A model has no threshold for it: the one for 24 h holds, and what the week differs by is a
 * term of the feature `win`. */
enum nrs_window { NRS_WINDOW_1H, NRS_WINDOW_6H, NRS_WINDOW_24H, NRS_WINDOW_7D, NRS_WINDOWS };

extern const uint32_t nrs_window_s[NRS_WINDOWS]; /* 3600, 21600, 86400, 604800 */
extern const char *const nrs_window_name[NRS_WINDOWS]; /* "1h", "6h", "24h", "7d" */

struct nrs_core_conf {
    uint32_t dest_cap;    /* 0 = 4,096 (host profile); router profile: 1,024 */
    uint32_t watched_cap; /* 0 = 512; router: 128 */
    uint32_t name_cap;    /* remembered names, at most NRS_CORE_DEST_MAX, 0 = 512; router: 128 */
    uint32_t min_conns;   /* fewer connections than this in a window are not judged, 0 = 6 */
    uint32_t update_s;    /* an open verdict is repeated at most this often, 0 = 21,600 */
    uint32_t close_s;     /* an open verdict ends after this long without activity, 0 = 86,400 */
    uint32_t hash_seed;   /* random on a device, so that nobody can aim at one chain of the table */
};

/* What a judgement does to the verdict of its destination. END with `allowed`: an allow rule ended it. */
enum nrs_state { NRS_STATE_NONE, NRS_STATE_OPEN, NRS_STATE_UPDATE, NRS_STATE_END, NRS_STATES };

/* How long a fresh verdict is worth waiting for its program: twice its gap within these bounds, so that the
 * program can be met in two more connections. Six or more connections were flagged before, so the wait adds
 * at most a third. */
#define NRS_WAIT_MIN_S 120
#define NRS_WAIT_MAX_S 3600

/* One destination, judged on one window. Valid only inside the callback. */
struct nrs_judgement {
    struct nrs_addr local, remote;
    uint16_t rport;
    uint8_t proto;
    uint8_t state;              /* enum nrs_state: what this judgement does to the verdict */
    uint8_t window;             /* enum nrs_window; the one with the highest margin over its threshold */
    uint8_t coverage;           /* what was not seen at any time of the window: bits of enum nrs_coverage */
    bool flagged;               /* score >= the model's threshold for this window */
    bool allowed;               /* END: because an allow rule fits */
    bool evicted;               /* judged because its place was needed (nrs_core_on_evict) */
    uint8_t risk;               /* 0..99 */
    int32_t score_mlogit;
    /* OPEN: an allow rule would fit if the program, which is unknown, were the right one; so long the program
     * is worth waiting for. 0 = no rule could fit */
    uint32_t wait_ms;
    uint32_t dest_id;           /* the verdict's own number: the same in all its states */
    uint32_t n;                 /* connections in the window */
    uint32_t n_failed;          /* how many of the n failed; 7d: since first contact */
    uint32_t period_ms;         /* median gap; 0 = unknown, or connections at the same time */
    uint32_t jitter_pct;        /* median absolute deviation of the gaps in % of the median, at most 999 */
    uint32_t hours;             /* hours of the window with at least one connection */
    /* judged together as siblings (siblings.h), remote is the latest; 0 = one destination */
    uint32_t servers;
    uint32_t tx_med, rx_med;    /* typical bytes each way, UINT32_MAX = unknown */
    uint32_t age_s;             /* since first contact */
    uint64_t t_ns;              /* when it was judged */
    const char *name;           /* of the remote address, NULL = not known */
    const uint16_t *x;          /* the feature vector, [model->schema->n_features] */
    const struct nrs_model *model;
    /* 720 bytes: 24 x 60 four-bit counts (VERDICT.md); from the last connections if not watched */
    const uint8_t *matrix;
};

typedef void (*nrs_judgement_fn)(void *arg, const struct nrs_judgement *j);

struct nrs_core_stats {
    uint64_t flows, lost;        /* events taken in; events that sources said they lost */
    uint64_t evicted;            /* destinations forgotten because the table was full */
    uint64_t unwatched;          /* watched days given up for a better candidate */
    uint64_t refused;            /* inbound flows that found no free place */
    uint64_t late;               /* flows older than what is kept */
    uint64_t saturated;          /* counts lost to a full four-bit bucket */
    uint32_t dests, watched, flagged; /* now */
    uint32_t suppressed;         /* now: would be flagged, but an allow rule fits */
};

struct nrs_core; /* opaque */

size_t nrs_core_bytes(const struct nrs_core_conf *c); /* 0 if a value is out of range */

/* NRS_ERR_RANGE: a value out of range; NRS_ERR_SCHEMA: not a beacon model; NRS_ERR_SPACE: len is too
 * small. */
int nrs_core_init(struct nrs_core **out, void *mem, size_t len, const struct nrs_core_conf *c,
                  const struct nrs_model *model, uint64_t now_ns);

/* Replaces the model; open verdicts stay and are judged anew. The model must outlive the core. */
void nrs_core_set_model(struct nrs_core *c, const struct nrs_model *model);

/* Wall clock minus the core's clock, for the hours of the matrix; recorded sources leave it at 0. */
void nrs_core_set_wall(struct nrs_core *c, int64_t wall_offset_ns);

/* What the sources cannot see from the core's latest time on: bits of enum nrs_coverage, 0 at first. Every
 * judgement has the bits of its whole window (sight.h); features and scores do not depend on them. */
void nrs_core_set_coverage(struct nrs_core *c, uint8_t bits);

/* Takes one event. At most 1,500 instructions; never calls back except for an eviction. `c` itself is arg 0
 * so that it can be given as nrs_flow_fn. */
void nrs_core_flow(void *c, const struct nrs_flow *f, const char *name);

/* Judges what is due at now_ns (once a minute, destinations that were active) and reports through fn what
 * changed: a verdict opened, updated, ended. */
void nrs_core_tick(struct nrs_core *c, uint64_t now_ns, nrs_judgement_fn fn, void *arg);

/* Judges every destination with a connection in the window that ends at now_ns, flagged or not, whatever the
 * count; changes no verdict. Nothing for a window that ended a day ago or earlier. Used by `noroshi-replay
 * --all`. */
void nrs_core_each(struct nrs_core *c, enum nrs_window w, uint64_t now_ns, nrs_judgement_fn fn, void *arg);

/* From now on an evicted destination is judged on window w and reported first. fn NULL turns it off. An open
 * verdict of an evicted destination ends without a record; it is the last thing that the table gives up. */
void nrs_core_on_evict(struct nrs_core *c, enum nrs_window w, nrs_judgement_fn fn, void *arg);

/* A destination that must never be judged: the collector's own address, for one. At most 8; proto 0 and
 * port 0 mean any. NRS_ERR_LIMIT when full. */
int nrs_core_exempt(struct nrs_core *c, const struct nrs_addr *remote, uint16_t rport, uint8_t proto);

/* From the next tick on these rules hold, and no others: what fits one is counted and judged, but opens no
 * verdict, and an open one ends. Destinations that no rule fits any more are judged anew. Rules end with the
 * days of the wall clock (nrs_core_set_wall), UTC. The table is the caller's and has to stay as it is until
 * the next call. NRS_ERR_LIMIT: more than NRS_ALLOW_MAX. */
int nrs_core_set_allow(struct nrs_core *c, const struct nrs_allow_rule *rules, size_t n);

/* The flow's connection belongs to the program whose file is at `path`; f is any event of it but NAME and
 * LOST. What several programs connect to fits no rule that names one. The next tick reports what it means for
 * a verdict. */
void nrs_core_set_process(struct nrs_core *c, const struct nrs_flow *f, const char *path);

void nrs_core_stats(const struct nrs_core *c, struct nrs_core_stats *st);

#endif
