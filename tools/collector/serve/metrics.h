/* tools/collector/serve/metrics.h - what the collector counts, and the text of GET /metrics
 *
 * Counters since start; written by the loop's thread only. */
#ifndef NRS_COL_METRICS_H
#define NRS_COL_METRICS_H
#include <stddef.h>
#include <stdint.h>

struct nrs_col_metrics {
    uint64_t accepted, turned_away, gave_way; /* connections; closed at once; closed for another */
    uint64_t handshakes, handshakes_failed;
    uint64_t device_over;            /* connections closed because their device opened another one */
    uint64_t timeouts;
    uint64_t posts_stored, posts_refused, posts_limited, posts_failed; /* 2xx, 4xx, 429, 503 */
    uint64_t records, records_new;   /* acknowledged; those that were not known before */
    uint64_t keys_dropped;           /* unknown keys of acknowledged records */
    uint64_t commits, commits_failed, commit_us;
    uint64_t records_retired;        /* deleted for their age, or for room */
    uint64_t queries, query_steps, query_scans; /* of the API */
    unsigned agents, people;         /* connections now */
    uint64_t pending_bytes;
};

/* The Prometheus text; returns its length, at most cap - 1. 4,096 bytes are enough. */
size_t nrs_col_metrics_write(const struct nrs_col_metrics *m, char *buf, size_t cap);

#endif
