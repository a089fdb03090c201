/* agent/net/tls_random.h - where mbedTLS gets its random numbers: straight from the kernel
 *
 * The library is configured with MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG; there is no generator in user space whose
 * state a snapshot or a fork could repeat. */
#ifndef NRS_TLS_RANDOM_H
#define NRS_TLS_RANDOM_H

/* Readies PSA, the part of mbedTLS behind TLS 1.3; may be called again. NRS_ERR_UNSUPPORTED: no random
 * numbers. */
int nrs_tls_random_open(void);

#endif
