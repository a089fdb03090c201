/* agent/uplink/policy.h - what to do with a batch after the answer to its post
 *
 *   answer          batch                                   action
 *   2xx             any                                     acknowledge; the next batch may be twice as large
 *   400, 413, 422   health line only                        wait
 *   400, 413, 422   several records, or one and health      halve: the next batch has half of the records
 *   400, 413, 422   one record                              drop; wait, too, if the last action was a drop
 *   429, 503        any                                     wait, at least as long as Retry-After says
 *   other, none     any                                     wait
 *
 * The second drop in a row waits, so that a server which refuses everything drains the spool at the pace of
 * the back-off only.
 *
 * The function has no state and no side effects. */
#ifndef NRS_UPLINK_POLICY_H
#define NRS_UPLINK_POLICY_H
#include <stdbool.h>
#include <stdint.h>

#define NRS_UPLINK_BATCH 256 /* records in one post, at most */

enum nrs_uplink_action {
    NRS_UPLINK_ACKNOWLEDGE, /* the collector has the batch: the spool forgets it */
    NRS_UPLINK_HALVE,       /* post again with fewer records */
    NRS_UPLINK_DROP,        /* the collector refuses this one record for good */
    NRS_UPLINK_WAIT         /* post the same batch later */
};

struct nrs_uplink_batch {
    uint32_t records; /* of the spool, 0..max */
    uint32_t max;     /* how many records the batch could have had, 1..NRS_UPLINK_BATCH */
    bool health;      /* the health line is at the end of the body */
    bool dropped;     /* the last action was a drop */
};

struct nrs_uplink_decision {
    enum nrs_uplink_action action;
    bool wait;       /* before the next post */
    uint32_t wait_s; /* the server named this time; 0 = the back-off decides */
    uint32_t max;    /* of the next batch, 1..NRS_UPLINK_BATCH */
};

/* True for the answers that refuse the bytes of the batch, as opposed to the moment. */
bool nrs_uplink_refuses(int status);

/* status: 200..999 as the reply has it; 0 = there was no reply. retry_after_s: 0 = the reply did not say. */
struct nrs_uplink_decision nrs_uplink_decide(int status, uint32_t retry_after_s,
                                             const struct nrs_uplink_batch *batch);

#endif
