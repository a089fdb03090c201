/* No source of randomness: whoever needs keys learns so, rather than getting weak ones. */
#include "platform/random.h"

#include <errno.h>

int nrs_random(void *unused, unsigned char *buf, size_t len)
{
    (void)unused;
    (void)buf;
    (void)len;
    return -ENOSYS;
}
