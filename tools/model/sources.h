/* tools/model/sources.h - where the feature vectors of a schema come from: one source_<schema>.c and one
 * line each
 *
 * A source reads one input with the agent's own code and hands every vector to `add`. */
#ifndef NRS_TOOL_SOURCES_H
#define NRS_TOOL_SOURCES_H
#include <stdbool.h>
#include <stdint.h>

#include "agent/core/core.h"
#include "models/base/why.h"

/* Of traffic only; executables have none. */
struct nrs_source_options {
    bool window[NRS_WINDOWS]; /* which windows, shortest first */
    uint32_t min_conns;       /* leave out windows with fewer connections */
    uint32_t capacity;        /* destinations remembered, 0 = the core's default */
};

/* id: texts of the source's identity columns. */
typedef void (*nrs_source_fn)(void *arg, const char *const *id, const uint16_t *x);

struct nrs_source {
    const struct nrs_schema *schema;
    const char *const *ids; /* names of the identity columns */
    unsigned n_ids;
    /* Reads one input. A damaged record costs itself: it is named by `say`. NRS_ERR_* with `why` set when
     * the input cannot be read. */
    int (*read)(const char *path, const struct nrs_source_options *o, nrs_source_fn add, void *arg,
                void (*say)(void *none, const char *msg), struct nrs_why *why);
};

extern const struct nrs_source nrs_source_beacon, nrs_source_packer, nrs_source_packer_pe;

/* The source of a schema by its name; NULL if there is none. */
const struct nrs_source *nrs_source_of_name(const char *schema);

#endif
