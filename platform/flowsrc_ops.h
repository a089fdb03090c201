/* platform/flowsrc_ops.h - one source: a const table of functions
 *
 * A platform folder defines nrs_flowsrc_table, best source first. `state` is what open made; close frees it.
 * Errors are those of flowsrc.h. Where open fails, it writes the reason in one line, without the source's own
 * name. */
#ifndef NRS_FLOWSRC_OPS_H
#define NRS_FLOWSRC_OPS_H
#include "platform/flowsrc.h"

struct nrs_flowsrc_ops {
    const char *name; /* at most 15 bytes */
    const char *note; /* what is not seen, for people; at most 127 bytes */

    /* *c has no zeros left: defaults are filled in. On failure *state is unchanged and `why` is written. */
    int (*open)(void **state, const struct nrs_flowsrc_conf *c, struct nrs_why *why);
    uint8_t (*coverage)(const void *state); /* bits of enum nrs_coverage */
    int (*fd)(const void *state);           /* -1 = timer only */
    int (*wait_ms)(const void *state, uint64_t now_ns); /* -1 = no timer */
    int (*drain)(void *state, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg);
    void (*stats)(const void *state, struct nrs_flowsrc_stats *st);
    void (*close)(void *state);
};

extern const struct nrs_flowsrc_ops *const nrs_flowsrc_table[]; /* ends with NULL */

/* nrs_flowsrc_open with the sources of another table. */
int nrs_flowsrc_open_from(struct nrs_flowsrc **out, const struct nrs_flowsrc_conf *c,
                          const struct nrs_flowsrc_ops *const *table);

/* Writes one line "flowsrc: ..." to c->log, if there is one. */
void nrs_flowsrc_log(const struct nrs_flowsrc_conf *c, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
