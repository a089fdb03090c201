#include "tools/collector/serve/tls_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <mbedtls/platform.h>

/* In front of every block; as large as the strictest alignment. */
union front {
    size_t len; /* of the whole, front included */
    max_align_t align;
};

static void *take(size_t n, size_t size)
{
    union front *block;
    size_t len;

    if (size > 0 && n > (SIZE_MAX - sizeof *block) / size)
        return NULL;
    len = n * size + sizeof *block;
    if (len < NRS_COL_TLS_MAP_FROM) {
        block = calloc(1, len);
    } else {
        block = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        block = block != MAP_FAILED ? block : NULL;
    }
    if (block == NULL)
        return NULL;
    block->len = len;
    return block + 1;
}

static void give(void *bytes)
{
    union front *block = bytes;

    if (block == NULL)
        return;
    block--;
    if (block->len < NRS_COL_TLS_MAP_FROM)
        free(block);
    else
        (void)munmap(block, block->len);
}

void nrs_col_tls_memory_setup(void)
{
    (void)mbedtls_platform_set_calloc_free(take, give);
}
