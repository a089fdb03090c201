/* The header of a balancer: never crashes, and means the same however its bytes arrive. */
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/collector/serve/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sockaddr_storage whole = {0}, parts = {0};
    uint8_t *copy;
    int rc, cut = 0;

    if (n == 0 || n > NRS_COL_PROXY_MAX)
        return 0;
    rc = nrs_col_proxy_read(data, n, &whole);
    for (size_t i = 1; i <= n && cut == 0; i++) {
        copy = malloc(i); /* so that a byte read too far is seen */
        if (copy == NULL)
            return 0;
        memcpy(copy, data, i);
        cut = nrs_col_proxy_read(copy, i, &parts);
        free(copy);
    }
    if (rc != cut || rc > (int)n || memcmp(&whole, &parts, sizeof whole) != 0)
        abort();
    return 0;
}
