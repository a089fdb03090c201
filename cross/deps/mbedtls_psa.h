/* cross/deps/mbedtls_psa.h - what TLS 1.3 asks of the PSA part of mbedTLS: key schedule and key exchange
 *
 * Signatures, certificates and records go the classic way; without this file the same mechanisms would all be
 * there a second time. Curves and digests follow mbedtls_device.h by themselves. */
#ifndef NRS_MBEDTLS_PSA_H
#define NRS_MBEDTLS_PSA_H

#define PSA_WANT_ALG_HMAC 1
#define PSA_WANT_ALG_HKDF_EXTRACT 1
#define PSA_WANT_ALG_HKDF_EXPAND 1
#define PSA_WANT_KEY_TYPE_DERIVE 1
#define PSA_WANT_KEY_TYPE_HMAC 1

#define PSA_WANT_ALG_ECDH 1
#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_EXPORT 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1

#endif
