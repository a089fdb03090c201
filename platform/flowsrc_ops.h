/* platform/flowsrc_ops.h - what a source is: a const table of functions
 *
 * A platform folder defines nrs_flowsrc_table, best source first. `state` is what open made; close frees it.
 * Errors are those of flowsrc.h. A source that gives up says why in one line without its own name. */
#ifndef NRS_FLOWSRC_OPS_H
#define NRS_FLOWSRC_OPS_H
#include "platform/flowsrc.h"

struct nrs_flowsrc_ops {
    const char *name;
    const char *note; /* what is not seen, for people */

    /* c has no zeros left: defaults are filled in. On failure *state is unchanged and why is written. */
    int (*open)(void **state, const struct nrs_flowsrc_conf *c, struct nrs_why *why);
    enum nrs_coverage (*coverage)(const void *state);
    int (*fd)(const void *state);
    int (*wait_ms)(const void *state, uint64_t now_ns);
    int (*drain)(void *state, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg);
    void (*stats)(const void *state, struct nrs_flowsrc_stats *st);
    void (*close)(void *state);
};

extern const struct nrs_flowsrc_ops *const nrs_flowsrc_table[]; /* ends with NULL */

/* One line "flowsrc: ..." to c->log, if there is one. */
void nrs_flowsrc_log(const struct nrs_flowsrc_conf *c, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
