#include <inttypes.h>
#include <stdio.h>

#include "models/kinds.h"
#include "tools/model/commands.h"

int nrs_cmd_schema(int argc, char **argv)
{
    const struct nrs_kind *kind = nrs_kind_of_name(argc > 1 ? argv[1] : "beacon");
    const struct nrs_schema *s;

    if (argc > 2)
        return nrs_cmd_fail(NRS_CMD_USAGE, argv[2], "not expected");
    if (kind == NULL)
        return nrs_cmd_fail(NRS_CMD_USAGE, argv[1], "no such schema");
    s = kind->schema;
    printf("{\"kind\":\"%s\",\"version\":%u,\"hash\":\"%016" PRIx64 "\",\"features\":[", s->name, s->version,
           nrs_schema_hash(s));
    for (unsigned i = 0; i < s->n_features; i++)
        printf("%s\n{\"name\":\"%s\",\"max\":%u,\"text\":\"%s\"}", i ? "," : "", s->features[i].name,
               s->features[i].max, s->features[i].text);
    puts("]}");
    return NRS_CMD_OK;
}
