#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "tools/model/commands.h"

int nrs_cmd_features(int argc, char **argv)
{
    static const struct option options[] = {{"schema", required_argument, NULL, 's'}, {0}};
    const struct nrs_schema *s = &nrs_schema_beacon;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c != 's')
            return NRS_EXIT_USAGE;
        s = nrs_schema_of_name(optarg);
        if (s == NULL)
            return nrs_cmd_fail(NRS_EXIT_USAGE, optarg, "no such schema");
    }
    if (optind != argc)
        return nrs_cmd_fail(NRS_EXIT_USAGE, argv[optind], "not expected");
    printf("{\"kind\":\"%s\",\"version\":%u,\"schema_hash\":\"%016" PRIx64 "\",\"features\":[", s->name, s->version,
           nrs_schema_hash(s));
    for (unsigned i = 0; i < s->n_features; i++)
        printf("%s\n{\"name\":\"%s\",\"max\":%u,\"text\":\"%s\"}", i ? "," : "", s->features[i].name,
               s->features[i].max, s->features[i].text);
    puts("]}");
    return NRS_EXIT_OK;
}
