/* A model written by hand for the real schema, signed on the spot, and everything that can be wrong with it
 * (fault table F11). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <mbedtls/base64.h>
#include <mbedtls/sha256.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

#include "agent/trust/model_trust.h"
#include "models/base/bytes.h"
#include "models/base/error.h"
#include "tests/temp_dir.h"

#define HEAD 136 /* models/FORMAT.md */

static psa_key_id_t signer, stranger;
static struct temp_dir dir;
static struct nrs_config config;
static struct nrs_trust trust = {.schema = &nrs_schema_beacon};
static struct nrs_model_place place;
static uint8_t file[1024];
static size_t file_len;
static struct nrs_why why;

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

static int try_file(void)
{
    memcpy(place.bytes, file, file_len);
    return nrs_trust_model(&trust, &place, file_len, &why);
}

static void expect(const struct head *h, int rc, const char *text)
{
    sign(h);
    assert_int_equal(try_file(), rc);
    if (rc != 0)
        assert_string_equal(why.text, text);
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

static int setup(void **state)
{
    uint8_t der[91];

    (void)state;
    if (temp_dir_make(&dir) != 0 || psa_crypto_init() != PSA_SUCCESS)
        return -1;
    signer = make_key();
    stranger = make_key();
    write_pem("key.pem", der, public_key(signer, der));
    memset(&config, 0, sizeof config);
    snprintf(config.model.keys[0], sizeof config.model.keys[0], "%s/key.pem", dir.path);
    config.model.n_keys = 1;
    memset(&trust, 0, sizeof trust);
    trust.schema = &nrs_schema_beacon;
    trust.floor = 5;
    trust.today = 20000;
    trust.agent = 256;
    write_body();
    return nrs_trust_keys(&trust, &config, &why);
}

static int teardown(void **state)
{
    (void)state;
    psa_destroy_key(signer);
    psa_destroy_key(stranger);
    temp_dir_remove(&dir);
    return 0;
}

static void signed_model_is_loaded(void **state)
{
    (void)state;
    expect(&(struct head){.key = signer, .serial = 5, .min_agent = 256, .expires_day = 20000}, 0, NULL);
    assert_int_equal(place.model.serial, 5);
    assert_int_equal(place.model.threshold_mlogit[0], 1000);
}

static void every_flipped_byte_is_refused_and_the_model_in_place_stays(void **state)
{
    (void)state;
    expect(&(struct head){.key = signer, .serial = 6}, 0, NULL);
    for (size_t i = 0; i < file_len; i++) {
        for (unsigned flip = 1; flip < 256; flip <<= 1) {
            file[i] ^= (uint8_t)flip;
            assert_true(try_file() < 0);
            assert_int_equal(place.model.serial, 6);
            file[i] ^= (uint8_t)flip;
        }
    }
}

static void every_truncated_file_is_refused(void **state)
{
    size_t whole = file_len;

    (void)state;
    sign(&(struct head){.key = signer, .serial = 6});
    for (file_len = 0; file_len < whole; file_len++)
        assert_true(try_file() < 0);
}

static void wrong_signers_are_told_apart(void **state)
{
    (void)state;
    expect(&(struct head){.serial = 6}, NRS_ERR_SIGNATURE, "it is not signed");
    expect(&(struct head){.key = stranger, .serial = 6}, NRS_ERR_SIGNATURE,
           "it is signed by a key that is not in model.keys");
    sign(&(struct head){.key = signer, .serial = 6});
    file[72] ^= 1;
    assert_int_equal(try_file(), NRS_ERR_SIGNATURE);
    assert_string_equal(why.text, "its signature is wrong");
    file[HEAD] ^= 1;
    assert_int_equal(try_file(), NRS_ERR_SIGNATURE);
    assert_string_equal(why.text, "its digest is wrong: the file is damaged");
}

static void policy_of_the_header_is_kept(void **state)
{
    (void)state;
    expect(&(struct head){.key = signer, .serial = 4}, NRS_ERR_STALE,
           "serial 4 is older than 5, which was in use");
    expect(&(struct head){.key = signer, .serial = 5, .expires_day = 19999}, NRS_ERR_STALE, "it has expired");
    expect(&(struct head){.key = signer, .serial = 5, .min_agent = 257}, NRS_ERR_STALE,
           "it needs a newer agent");
    trust.today = 0; /* clock not set: nothing expires */
    expect(&(struct head){.key = signer, .serial = 5, .expires_day = 1}, 0, NULL);
}

static void signed_nonsense_is_still_refused(void **state)
{
    (void)state;
    memset(&place, 0, sizeof place);
    file[HEAD] = 200; /* 200 outputs */
    expect(&(struct head){.key = signer, .serial = 6}, NRS_ERR_LIMIT, why.text);
    assert_int_equal(place.model.n_outputs, 0);
}

static void other_keys_than_p256_in_pem_are_refused(void **state)
{
    uint8_t der[91];

    (void)state;
    public_key(signer, der);
    der[22] ^= 1;
    write_pem("key.pem", der, sizeof der);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_FORMAT);
    write_pem("key.pem", der, 90);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_FORMAT);
    nrs_file_replace(dir.fd, "key.pem", "no key", 6, 0);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_FORMAT);
    nrs_file_remove(dir.fd, "key.pem");
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_IO);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signed_model_is_loaded),
        TEST(every_flipped_byte_is_refused_and_the_model_in_place_stays),
        TEST(every_truncated_file_is_refused),
        TEST(wrong_signers_are_told_apart),
        TEST(policy_of_the_header_is_kept),
        TEST(signed_nonsense_is_still_refused),
        TEST(other_keys_than_p256_in_pem_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
