#include "models/packer_schema.h"
#include "models/schema.h"

static const struct nrs_feature features[NRS_PACKER_N] = {NRS_PACKER_FEATURES(NRS_FEATURE)};

_Static_assert((int)NRS_PACKER_N <= (int)NRS_FEATURES_MAX, "the schema fits the loader's limit");

const struct nrs_schema nrs_schema_packer = {
    .name = "packer",
    .kind = NRS_KIND_PACKER,
    .version = 1,
    .n_features = NRS_PACKER_N,
    .n_bytes = NRS_START_BYTES,
    .features = features,
};
