#include "models/packer_schema.h"
#include "models/schema.h"

static const struct nrs_feature features[NRS_PACKER_PE_N] = {NRS_PACKER_PE_FEATURES(NRS_FEATURE)};

_Static_assert((int)NRS_PACKER_PE_N <= (int)NRS_FEATURES_MAX, "the schema fits the loader's limit");

const struct nrs_schema nrs_schema_packer_pe = {
    .name = "packer_pe",
    .kind = NRS_KIND_PACKER_PE,
    .version = 1,
    .n_features = NRS_PACKER_PE_N,
    .n_bytes = NRS_START_BYTES,
    .features = features,
};
