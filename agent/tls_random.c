/* agent/tls_random.c - where mbedTLS gets its random numbers: straight from the kernel
 *
 * The library is configured with MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG; there is no generator in user space whose
 * state a snapshot or a fork could repeat. */
#include <psa/crypto.h>

#include "platform/random.h"

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t output_size, size_t *output_length)
{
    if (nrs_random(context, output, output_size) != 0)
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    *output_length = output_size;
    return PSA_SUCCESS;
}
