/* tests/signed_model_fixture.h - a small beacon model written by hand, and keys that sign it
 *
 * The bytes are in `file`; write_body fills all but the header, sign the header. Keys and files live in `dir`. Include it
 * after cmocka.h. */
#ifndef NRS_SIGNED_MODEL_FIXTURE_H
#define NRS_SIGNED_MODEL_FIXTURE_H
#include <mbedtls/base64.h>
#include <mbedtls/sha256.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/model.h"
#include "platform/files.h"
#include "tests/temp_dir.h"

#define HEAD 136 /* models/FORMAT.md */

static struct temp_dir dir;
static uint8_t file[1024];
static size_t file_len;

static const uint8_t spki_head[26] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

static void put(const void *bytes, size_t len)
{
    memcpy(file + file_len, bytes, len);
    file_len += len;
}

static void put_u32(uint32_t v)
{
    nrs_put_u32le(file + file_len, v);
    file_len += 4;
}

/* One output "beacon", one binned term over feature 0, one golden pair of zeroes. */
static void write_body(void)
{
    static const uint8_t counts[6] = {1, 1, 1, 0, 1, 0};
    static const uint8_t term[8] = {NRS_TERM_BINS, 0, 0, 1, 1, 0, 0 /* shift */, 5};

    file_len = HEAD;
    put(counts, sizeof counts);
    put_u32(1000); /* thresholds */
    put_u32(1000);
    put_u32(1000);
    put_u32(1);   /* bound */
    put_u32(300); /* bias */
    put_u32(UINT32_C(1) << 31);
    put("\x06"
        "beacon",
        7);
    put_u32(0);
    put("\x32", 1); /* at 0 mlogit, 50 % */
    put(term, sizeof term);
    put("\x07", 1);
    memset(file + file_len, 0, nrs_schema_beacon.n_features * 2u);
    file_len += nrs_schema_beacon.n_features * 2u;
    put_u32(305);
    put_u32(305);
}

static size_t public_key(psa_key_id_t key, uint8_t der[91])
{
    size_t len = 0;

    memcpy(der, spki_head, sizeof spki_head);
    assert_int_equal(psa_export_public_key(key, der + sizeof spki_head, 65, &len), PSA_SUCCESS);
    return sizeof spki_head + len;
}

struct head {
    psa_key_id_t key; /* 0 = unsigned */
    uint32_t serial, min_agent, expires_day;
};

static void sign(const struct head *h)
{
    mbedtls_sha256_context sha;
    uint8_t der[91], id[32];
    size_t len;

    memset(file, 0, HEAD);
    memcpy(file, "NRSM\x01\x01", 6);
    nrs_put_u32le(file + 8, h->serial);
    nrs_put_u32le(file + 12, h->min_agent);
    nrs_put_u64le(file + 16, nrs_schema_hash(&nrs_schema_beacon));
    nrs_put_u32le(file + 24, h->expires_day);
    nrs_put_u32le(file + 28, (uint32_t)(file_len - HEAD));
    if (h->key != 0) {
        mbedtls_sha256(der, public_key(h->key, der), id, 0);
        memcpy(file + 32, id, 8);
    }
    mbedtls_sha256_init(&sha);
    mbedtls_sha256_starts(&sha, 0);
    mbedtls_sha256_update(&sha, file, 40);
    mbedtls_sha256_update(&sha, file + HEAD, file_len - HEAD);
    mbedtls_sha256_finish(&sha, file + 40);
    if (h->key != 0)
        assert_int_equal(
            psa_sign_hash(h->key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), file + 40, 32, file + 72, 64, &len),
            PSA_SUCCESS);
}

static psa_key_id_t make_key(void)
{
    psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id = 0;

    psa_set_key_type(&a, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&a, 256);
    psa_set_key_usage_flags(&a, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
    psa_set_key_algorithm(&a, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    (void)psa_generate_key(&a, &id);
    return id;
}

static void write_pem(const char *name, const uint8_t *der, size_t len)
{
    unsigned char text[256], pem[512];
    size_t n;

    mbedtls_base64_encode(text, sizeof text, &n, der, len);
    n = (size_t)sprintf((char *)pem, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", text);
    nrs_file_replace(dir.fd, name, pem, n, 0);
}

#endif
