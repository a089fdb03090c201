/* tests/property/features_reference.h - every feature of the beacon schema from a plain list of connections
 *
 * Written from models/beacon_features.h and the headers of agent/core, and sharing no code with them: medians by
 * counting, minutes as an array, no ring, no bits. Slow on purpose. Connections are in order of time. */
#ifndef NRS_TEST_FEATURES_REFERENCE_H
#define NRS_TEST_FEATURES_REFERENCE_H
#include <stdbool.h>
#include <stdint.h>

#include "models/beacon_schema.h"

#define REF_CONNS_MAX 600

struct ref_conn {
    uint64_t start_ms; /* since the epoch of the core */
    uint32_t tx, rx, dur_ms;
    bool sized, failed;
};

struct ref_dest {
    struct ref_conn conn[REF_CONNS_MAX];
    int n;
    int port_class, place_class, proto_class;
};

enum { REF_1H, REF_6H, REF_24H, REF_7D, REF_WINDOWS };

/* Fills x as the window that ends just before now_ms has it. Returns the connections in the window: 0 also for a week of
 * what is not slow, or not known for a day. */
uint32_t ref_features(const struct ref_dest *d, int window, uint64_t now_ms, uint16_t x[NRS_BEACON_N]);

#endif
