/* cross/deps/mbedtls_host.h - mbedTLS for the tools and tests on the host
 *
 * The device's configuration, so that tests exercise the same code, plus what a collector and a signer need:
 * the server side, writing keys, requests and certificates, deterministic signatures, revocation lists,
 * files, error texts, speed. TLS takes its randomness from platform/random.h here too. */
#ifndef NRS_MBEDTLS_HOST_H
#define NRS_MBEDTLS_HOST_H
#include "mbedtls_device.h"

#define MBEDTLS_FS_IO
#define MBEDTLS_ERROR_C

/* A collector and its certificates */
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_PEM_WRITE_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_WRITE_C
#define MBEDTLS_X509_CSR_PARSE_C
#define MBEDTLS_X509_CSR_WRITE_C
#define MBEDTLS_X509_CRL_PARSE_C

/* Signing models: the same key and model give the same file */
#undef MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define PSA_WANT_ALG_ECDSA 1 /* tests sign so */

/* Full-size records both ways */
#undef MBEDTLS_SSL_IN_CONTENT_LEN
#undef MBEDTLS_SSL_OUT_CONTENT_LEN

/* Fast rather than small */
#undef MBEDTLS_AES_FEWER_TABLES
#undef MBEDTLS_SHA256_SMALLER
#undef MBEDTLS_SHA512_SMALLER
#undef MBEDTLS_ECP_WINDOW_SIZE
#undef MBEDTLS_ECP_FIXED_POINT_OPTIM
#define MBEDTLS_AESNI_C

#endif
