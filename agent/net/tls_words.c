/* Why TLS did not work, in words. */
#include <mbedtls/oid.h>
#include <mbedtls/x509.h>

#include "agent/net/tls_client.h"

static const char *own_fault(const struct nrs_tls_client *c)
{
    mbedtls_x509_crt *own = (mbedtls_x509_crt *)&c->own, *ca = (mbedtls_x509_crt *)&c->ca; /* only read */
    uint32_t flags = 0;

    if (own->raw.len == 0)
        return "we have no certificate (collector.cert)";
    if (mbedtls_x509_crt_verify(own, ca, NULL, NULL, &flags, NULL, NULL) != 0 && flags == 0)
        return "our certificate cannot be verified";
    if (c->dates_ignored)
        flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
        return "our certificate is foreign: no CA of collector.ca signed it";
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        return "our certificate has expired (or our clock is wrong)";
    if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        return "our certificate is not yet valid (or our clock is wrong)";
    if (flags != 0)
        return "our certificate is too weak: its key or its signature";
    if (mbedtls_x509_crt_check_extended_key_usage(own, MBEDTLS_OID_CLIENT_AUTH,
                                                  MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)) != 0)
        return "our certificate is not for clients";
    return NULL;
}

bool nrs_tls_client_fault(const struct nrs_tls_client *c, struct nrs_why *why)
{
    const char *fault = own_fault(c);

    nrs_why(why, 0, "%s", fault != NULL ? fault : "");
    return fault != NULL;
}

static const char *flags_text(uint32_t flags)
{
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
        return "the collector's certificate is not signed by our CA";
    if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
        return "the collector's certificate is for another name";
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        return "the collector's certificate has expired (or our clock is wrong)";
    if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        return "the collector's certificate is not yet valid (or our clock is wrong)";
    return "the collector's certificate is not acceptable";
}

/* What the other side did, where the error alone says it. */
static const char *error_text(int err)
{
    switch (err) {
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION: return "the collector speaks neither TLS 1.2 nor 1.3";
    case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE:
        return "the collector and we have no cipher or key exchange in common";
    case MBEDTLS_ERR_SSL_BAD_INPUT_DATA:
    case MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL: return "the collector sends a record larger than we accept";
    default: return NULL;
    }
}

/* The alert does not say which fault the collector found, so we look at our own certificate. mbedTLS 3.6 as a
 * TLS 1.3 server encrypts the alert with the wrong key, which is an invalid MAC here. */
static bool is_refusal(int err)
{
    return err == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE || err == MBEDTLS_ERR_SSL_INVALID_MAC;
}

void nrs_tls_error(const struct nrs_tls_client *c, const mbedtls_ssl_context *ssl, int err,
                   struct nrs_why *why)
{
    const char *text = error_text(err);

    if (err == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        text = flags_text(mbedtls_ssl_get_verify_result(ssl));
    } else if (is_refusal(err)) {
        text = own_fault(c);
        nrs_why(why, 0, "TLS: refused by the collector: %s",
                text != NULL ? text : "it does not know our certificate, or has withdrawn it");
        return;
    } else if (err == MBEDTLS_ERR_SSL_INVALID_RECORD) {
        text = mbedtls_ssl_is_handshake_over((mbedtls_ssl_context *)ssl)
                   ? "the collector sends a record that is damaged, or larger than we accept"
                   : "the other side does not speak TLS, or sends a record larger than we accept";
    }
    if (text != NULL)
        nrs_why(why, 0, "TLS: %s", text);
    else
        nrs_why(why, 0, "TLS: what the collector sends is not as it should be (mbedTLS -0x%04x)",
                (unsigned)-err);
}
