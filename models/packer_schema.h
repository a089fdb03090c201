/* models/packer_schema.h - indices of the packer features: NRS_P_arch and so on, NRS_PE_arch for Windows
 * files */
#ifndef NRS_PACKER_SCHEMA_H
#define NRS_PACKER_SCHEMA_H
#include "models/packer_features.h"
#include "models/packer_pe_features.h"

/* The thresholds of both kinds: a file is packed from the first on; its packer is named from the second
 * on. */
enum nrs_packer_threshold { NRS_PACKER_PACKED, NRS_PACKER_NAMED };

#define NRS_P_INDEX(name, max, text) NRS_P_##name,
enum nrs_packer_feature { NRS_PACKER_FEATURES(NRS_P_INDEX) NRS_PACKER_N };
#undef NRS_P_INDEX

#define NRS_PE_INDEX(name, max, text) NRS_PE_##name,
enum nrs_packer_pe_feature { NRS_PACKER_PE_FEATURES(NRS_PE_INDEX) NRS_PACKER_PE_N };
#undef NRS_PE_INDEX

#endif
