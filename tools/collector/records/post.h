/* tools/collector/records/post.h - one POST to /v1/verdicts on its way into the store
 *
 * Made on the loop's thread from a whole body, handed to the store's thread for the commit, and back for the
 * answer. Between these two it belongs to exactly one thread.
 *
 * Memory: nrs_col_post_read copies what it needs of the body; nrs_col_post_free gives everything back.
 * Limits: NRS_COL_POST_LINES records; the size of a body is the HTTP reader's matter. */
#ifndef NRS_COL_POST_H
#define NRS_COL_POST_H
#include <stddef.h>
#include <stdint.h>

#include "tools/collector/records/line.h"
#include "tools/collector/records/name.h"

#define NRS_COL_POST_LINES 1024

struct nrs_col_post {
    struct nrs_col_post *next;
    char device[NRS_COL_NAME_MAX + 1];
    char *text;         /* the lines as they are stored, one behind the other */
    size_t text_len;
    struct nrs_col_record *records;
    unsigned n;         /* records in the body */
    unsigned n_new;     /* how many of them were not known before: set by the store */
    unsigned day_cap;   /* records that its device may store on a UTC day */
    unsigned n_dropped; /* keys that were not kept */
    int rc;             /* of the commit: 0 = stored, NRS_ERR_LIMIT = not, day_cap is reached */
    size_t charge;      /* bytes that it holds of the server's budget for bodies */
    void (*done)(struct nrs_col_post *p); /* called on the loop's thread after the commit; frees p */
    void *owner;        /* for `done`: who made it */
    void *conn;         /* the connection that waits for the answer; the loop's thread clears it */
};

/* Reads every line of the body; empty lines are skipped, a carriage return before a newline too. NULL with a
 * sentence in why ("line 3: event.id: missing") if one is refused: then nothing of the body counts. */
struct nrs_col_post *nrs_col_post_read(const char *device, const char *body, size_t len,
                                       char why[NRS_COL_WHY + 16]);
void nrs_col_post_free(struct nrs_col_post *p);

#endif
