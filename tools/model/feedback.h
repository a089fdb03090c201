/* tools/model/feedback.h - what an analyst said of alerts: marks, and the vectors that they are about
 *
 * NDJSON, any number of files; grammar in feedback.c. A mark names a verdict by its event.id, and the vector
 * comes out of the evidence record of that verdict (agent/VERDICT.md, `x`), which `noroshi-collector export`
 * writes; or a mark brings its vector along. Other records of an export are passed over.
 *
 * Memory: grows with the files, until done. */
#ifndef NRS_TOOL_FEEDBACK_H
#define NRS_TOOL_FEEDBACK_H
#include <stdbool.h>
#include <stddef.h>

#include "models/schema.h"
#include "models/base/why.h"

struct nrs_evidence {
    char *verdict; /* event.id of the verdict it belongs to */
    uint64_t schema_hash;
    uint16_t *x; /* NULL: without a vector, or of another length than the schema's */
};

struct nrs_feedback_mark {
    char *verdict; /* NULL: brought its vector along */
    bool right;    /* the alert was right; false: a false alarm */
    uint16_t *x;   /* set by join */
};

struct nrs_feedback {
    const struct nrs_schema *schema;
    struct nrs_evidence *evidence; /* sorted by join */
    struct nrs_feedback_mark *mark;
    size_t n_evidence, evidence_cap, n_marks, mark_cap;
};

void nrs_feedback_init(struct nrs_feedback *f, const struct nrs_schema *schema);
void nrs_feedback_done(struct nrs_feedback *f);

/* Reads one more file, or text, which is written to. `why` names the line. */
int nrs_feedback_read(struct nrs_feedback *f, const char *path, struct nrs_why *why);
int nrs_feedback_parse(struct nrs_feedback *f, char *text, struct nrs_why *why);

/* After the last file: gives every mark its vector. Refuses a mark whose verdict has no evidence. */
int nrs_feedback_join(struct nrs_feedback *f, struct nrs_why *why);

#endif
