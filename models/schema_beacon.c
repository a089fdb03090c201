#include "models/beacon_schema.h"
#include "models/schema.h"

static const struct nrs_feature features[NRS_BEACON_N] = {NRS_BEACON_FEATURES(NRS_FEATURE)};

_Static_assert((int)NRS_BEACON_N <= (int)NRS_FEATURES_MAX, "the schema fits the loader's limit");

const struct nrs_schema nrs_schema_beacon = {
    .name = "beacon",
    .kind = NRS_KIND_BEACON,
    .version = 3,
    .n_features = NRS_BEACON_N,
    .features = features,
};
