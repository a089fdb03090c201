/* agent/spool/spool_internal.h - what spool.c (segments, append, batch) and spool_pending.c (records that
 * wait) share */
#ifndef NRS_SPOOL_INTERNAL_H
#define NRS_SPOOL_INTERNAL_H
#include <inttypes.h>
#include <stdio.h>

#include "agent/spool/spool.h"
#include "agent/spool/spool_record.h"

struct nrs_segment_name {
    char text[16];
};

static inline struct nrs_segment_name nrs_segment_name(uint32_t no)
{
    struct nrs_segment_name name;

    snprintf(name.text, sizeof name.text, "%08" PRIx32 ".seg", no);
    return name;
}

static inline bool nrs_segment_is_empty(const struct nrs_spool_segment *seg)
{
    return seg->left == 0 && seg->pending == 0;
}

/* spool.c. Reads a segment into s->bytes: its length, or a negative errno, which is counted. */
int nrs_segment_load(struct nrs_spool *s, uint32_t no);
/* Removes segment i of the list and its file. */
void nrs_segment_remove(struct nrs_spool *s, uint32_t i);

/* spool_pending.c. The place of the pending record `seq`; 0 is that of a free place. NULL: there is none. */
struct nrs_spool_pending *nrs_pending_place(struct nrs_spool *s, uint64_t seq);
/* A pending record was found; `end` is the end of it in its segment. */
void nrs_pending_note(struct nrs_spool *s, struct nrs_spool_segment *seg, const struct nrs_record *r,
                      size_t end);
/* Frees the places of pending records that were in a segment. */
void nrs_pending_forget(struct nrs_spool *s, uint32_t no);
/* Pending records of an earlier run become ordinary ones; those that cannot be written now wait for the next
 * start. */
void nrs_pending_release(struct nrs_spool *s);

#endif
