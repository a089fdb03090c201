/* platform/random.h - random bytes from the kernel, good for keys
 *
 * Waits until the kernel's pool was filled once after boot; afterwards it never blocks. */
#ifndef NRS_RANDOM_H
#define NRS_RANDOM_H
#include <stddef.h>

/* Fills buf with len bytes. 0 or a negative errno, and then buf must not be used. The first argument is
 * ignored: this way the function fits mbedTLS as an f_rng. */
int nrs_random(void *unused, unsigned char *buf, size_t len);

#endif
