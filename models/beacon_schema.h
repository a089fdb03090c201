/* models/beacon_schema.h - indices of the beacon features: NRS_X_gap_mad and so on */
#ifndef NRS_BEACON_SCHEMA_H
#define NRS_BEACON_SCHEMA_H
#include "models/beacon_features.h"

#define NRS_X_INDEX(name, max, text) NRS_X_##name,
enum nrs_beacon_feature { NRS_BEACON_FEATURES(NRS_X_INDEX) NRS_BEACON_N };
#undef NRS_X_INDEX

#endif
