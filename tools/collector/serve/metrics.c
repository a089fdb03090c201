#include "tools/collector/serve/metrics.h"

#include <inttypes.h>
#include <stdio.h>

struct line {
    const char *name, *type, *help;
    uint64_t value;
};

size_t nrs_col_metrics_write(const struct nrs_col_metrics *m, char *buf, size_t cap)
{
    const struct line lines[] = {
        {"connections_total", "counter", "connections accepted", m->accepted},
        {"connections_turned_away_total", "counter", "connections over the limit", m->turned_away},
        {"connections_gave_way_total", "counter", "connections of unknown peers closed to make room",
         m->gave_way},
        {"handshakes_total", "counter", "TLS handshakes with a good certificate", m->handshakes},
        {"handshakes_failed_total", "counter", "TLS handshakes that failed", m->handshakes_failed},
        {"device_connections_closed_total", "counter", "connections closed because their device had too many",
         m->device_over},
        {"timeouts_total", "counter", "connections closed for being slow", m->timeouts},
        {"posts_stored_total", "counter", "requests answered 200", m->posts_stored},
        {"posts_refused_total", "counter", "requests answered 4xx, but not 429", m->posts_refused},
        {"posts_limited_total", "counter", "requests answered 429", m->posts_limited},
        {"posts_failed_total", "counter", "requests answered 503", m->posts_failed},
        {"records_total", "counter", "records acknowledged", m->records},
        {"records_new_total", "counter", "records stored that were not known before", m->records_new},
        {"keys_dropped_total", "counter", "unknown keys that were not stored", m->keys_dropped},
        {"commits_total", "counter", "transactions committed", m->commits},
        {"commits_failed_total", "counter", "transactions that failed", m->commits_failed},
        {"commit_microseconds_total", "counter", "time spent in transactions", m->commit_us},
        {"records_retired_total", "counter", "records deleted for their age or for room", m->records_retired},
        {"queries_total", "counter", "queries of the API", m->queries},
        {"query_steps_total", "counter", "steps of the store for queries", m->query_steps},
        {"query_scans_total", "counter", "rows that queries passed in full scans", m->query_scans},
        {"agents", "gauge", "connections on the agents' port", m->agents},
        {"people", "gauge", "connections on the page's port", m->people},
        {"pending_bytes", "gauge", "bytes of requests on their way into the store", m->pending_bytes},
    };
    size_t len = 0;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0] && len < cap; i++) {
        const struct line *l = &lines[i];
        int n = snprintf(buf + len, cap - len,
                         "# HELP noroshi_collector_%s %s\n# TYPE noroshi_collector_%s %s\n"
                         "noroshi_collector_%s %" PRIu64 "\n",
                         l->name, l->help, l->name, l->type, l->name, l->value);

        len += n > 0 ? (size_t)n : 0;
    }
    return len < cap ? len : cap - 1;
}
