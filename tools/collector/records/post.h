/* tools/collector/records/post.h - one POST to /v1/verdicts on its way into the store
 *
 * Made on the loop's thread from a whole body, handed to the store's thread for the commit, and back for the
 * answer. Between these two it belongs to exactly one thread.
 *
 * Memory: nrs_col_post_read takes over `body` (malloc) in any case; nrs_col_post_free gives everything back.
 * Limits: NRS_COL_POST_LINES records; the size of a body is the HTTP reader's matter. */
#ifndef NRS_COL_POST_H
#define NRS_COL_POST_H
#include <stddef.h>
#include <stdint.h>

#include "tools/collector/records/line.h"

#define NRS_COL_POST_LINES 1024
#define NRS_COL_NAME_MAX 64 /* a device's name: [A-Za-z0-9._-]{1,64} */

struct nrs_col_server;

struct nrs_col_post {
    struct nrs_col_post *next;
    char device[NRS_COL_NAME_MAX + 1];
    char *body;
    size_t body_len;
    struct nrs_col_record *records;
    unsigned n;     /* records in the body */
    unsigned n_new; /* of these, not known before: set by the store */
    int rc;         /* of the commit: 0 = stored */
    size_t charge;  /* bytes to give back to the budget of the server it came from */
    struct nrs_col_server *server;
    void (*done)(struct nrs_col_post *p, void *arg); /* on the loop's thread; frees p */
    void *arg;      /* the loop's thread may change it at any time */
};

/* Reads every line of the body; empty lines are skipped, a carriage return before a newline too. NULL with a
 * sentence in why ("line 3: event.id: missing") if one is refused: then nothing of the body counts. */
struct nrs_col_post *nrs_col_post_read(const char *device, char *body, size_t len, char why[NRS_COL_WHY + 16]);
void nrs_col_post_free(struct nrs_col_post *p);

/* Is this a device's name? */
int nrs_col_name_check(const char *name);

#endif
