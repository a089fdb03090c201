#include "models/kinds.h"

#include <stdbool.h>
#include <string.h>

#include "models/builtin.h"

const struct nrs_kind nrs_kinds[NRS_KINDS] = {
    [NRS_KIND_BEACON - 1] = {.schema = &nrs_schema_beacon,
                             .builtin = nrs_builtin_beacon,
                             .builtin_len = &nrs_builtin_beacon_len,
                             .n_outputs = 1,
                             .n_thresholds = 3,
                             .threshold = {"1h", "6h", "24h"},
                             .threshold_by = "win",
                             .rule = "beacon-",
                             .dataset = "noroshi.beacon"},
#if NRS_WITH_SCAN
    [NRS_KIND_PACKER - 1] = {.schema = &nrs_schema_packer,
                             .builtin = nrs_builtin_packer,
                             .builtin_len = &nrs_builtin_packer_len,
                             .n_thresholds = 2,
                             .threshold = {"packed", "named"},
                             .rule = "packer-",
                             .dataset = "noroshi.packer"},
#endif
#if NRS_WITH_PE
    [NRS_KIND_PACKER_PE - 1] = {.schema = &nrs_schema_packer_pe,
                                .builtin = nrs_builtin_packer_pe,
                                .builtin_len = &nrs_builtin_packer_pe_len,
                                .n_thresholds = 2,
                                .threshold = {"packed", "named"},
                                .rule = "packer-",
                                .dataset = "noroshi.packer"},
#endif
};

const struct nrs_kind *nrs_kind_of_number(unsigned number)
{
    bool known = number >= 1 && number <= NRS_KINDS && nrs_kinds[number - 1].schema != NULL;

    return known ? &nrs_kinds[number - 1] : NULL;
}

const struct nrs_kind *nrs_kind_of_name(const char *name)
{
    for (size_t i = 0; i < NRS_KINDS; i++)
        if (nrs_kinds[i].schema != NULL && strcmp(nrs_kinds[i].schema->name, name) == 0)
            return &nrs_kinds[i];
    return NULL;
}

void nrs_kind_write_rule(struct nrs_text *t, enum nrs_kind_id id, uint32_t serial)
{
    nrs_text_raw(t, nrs_kind(id)->rule);
    nrs_text_u64(t, serial);
}
