/* platform/random.h - random bytes from the kernel, good for keys
 *
 * The call waits until the kernel's pool was filled once after boot. Afterwards it never blocks. */
#ifndef NRS_RANDOM_H
#define NRS_RANDOM_H
#include <stddef.h>

/* Fills buf with len bytes. 0, or a negative errno, and then buf must not be used. The first argument is
 * ignored, so that the function has the type that mbedTLS wants (f_rng). */
int nrs_random(void *unused, unsigned char *buf, size_t len);

#endif
