#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct nrs_config c;
    struct nrs_why why = {""};

    if (n > NRS_CONFIG_BYTES_MAX)
        return 0;
    if (nrs_config_parse(&c, "dir/fuzz.json", (const char *)data, n, &why) != 0 && why.text[0] == '\0')
        abort(); /* every refusal says why */
    return 0;
}
