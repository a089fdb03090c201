/* platform/random.h - the kernel's random numbers */
#ifndef NRS_RANDOM_H
#define NRS_RANDOM_H
#include <stddef.h>

/* Fills buf completely and returns 0, or a negative errno. Blocks at boot until the kernel is seeded. Shaped
 * as an mbedTLS random callback; `unused` is ignored. */
int nrs_random(void *unused, unsigned char *buf, size_t len);

#endif
