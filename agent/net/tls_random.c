#include "agent/net/tls_random.h"

#if NRS_WITH_TLS13
#include <psa/crypto.h>

#include "models/base/error.h"
#include "platform/random.h"

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t output_size, size_t *output_length)
{
    if (nrs_random(context, output, output_size) != 0)
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    *output_length = output_size;
    return PSA_SUCCESS;
}

int nrs_tls_random_open(void)
{
    return psa_crypto_init() == PSA_SUCCESS ? 0 : NRS_ERR_UNSUPPORTED;
}

#else

int nrs_tls_random_open(void)
{
    return 0;
}

#endif
